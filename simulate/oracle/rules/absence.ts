/** T3: nothing of X within w of the latest opening event, or of the first with `timer: first`. */
import fc from 'fast-check';
import { anyWindow, apart, behind, happeningsOf, keyProperty, patternsOf, patternsText } from '../draw.ts';
import { type Expected, type HistoryEvent, type Part, partsByKey } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

type EndOf = (event: HistoryEvent) => number | undefined;

export const rule: Rule = {
  name: 'absence',
  of: 'T3, T0, E4',
  cases: fc
    .record({
      opens: patternsOf(['a', 'b']),
      unless: patternsOf(['x', 'a'], true),
      key: keyProperty,
      within: anyWindow,
      timer: fc.constantFrom(undefined, 'latest', 'first', 'first'),
    })
    .map(({ opens, unless: drawn, key, within, timer }) => {
      const unless = apart(drawn, opens);
      const trigger = {
        event: patternsText(opens, key),
        unless: patternsText(unless, key),
        within: within.text,
        ...(timer && { timer }),
        ...(key && { key: `event.${key}` }),
      };
      const told = timer === 'first' ? fromFirst : fromLatest;
      return {
        told: JSON.stringify(trigger),
        trigger,
        files: [playbookFile({ trigger, ...(within.calendar && { calendar: within.calendar }) }), ...within.files],
        subject: 'contact',
        traits: {},
        happenings: happeningsOf(['a', 'b', 'x', 'c']),
        until: (history) => behind(history, within.mostMs),
        expected: (history) =>
          [...partsByKey(history, key, opens, unless)].flatMap(([forKey, parts]) =>
            told(parts, (event) => within.endOf(event)).map((firing) => ({ ...firing, key: forKey })),
          ),
      };
    }),
};

/** An opening event fires when up to its deadline neither another one moves it nor an X closes it. */
function fromLatest(parts: readonly Part[], endOf: EndOf): Omit<Expected, 'key'>[] {
  const opening = parts.filter((p) => p.opens && endOf(p.event) !== undefined);
  return opening.flatMap(({ event }) => {
    const at = endOf(event)!;
    const after = (p: Part) => p.event.index > event.index && p.event.at <= at;
    const spared = parts.some((p) => p.closes && after(p)) || opening.some(after);
    return spared ? [] : [{ at, evidence: [event.id] }];
  });
}

/** The first deadline is kept; a watch ends at it or at an X, and only then does another begin. */
function fromFirst(parts: readonly Part[], endOf: EndOf): Omit<Expected, 'key'>[] {
  const fired: Omit<Expected, 'key'>[] = [];
  let from = 0;
  for (;;) {
    const first = parts.find((p) => p.opens && p.event.index >= from && endOf(p.event) !== undefined);
    if (!first) return fired;
    const at = endOf(first.event)!;
    const inTime = parts.filter((p) => p.event.index > first.event.index && p.event.at <= at);
    const closing = inTime.find((p) => p.closes);
    if (closing) from = closing.event.index;
    else {
      const latest = inTime.filter((p) => p.opens).at(-1) ?? first;
      fired.push({ at, evidence: [latest.event.id] });
      from = (inTime.at(-1) ?? first).event.index + 1;
    }
  }
}
