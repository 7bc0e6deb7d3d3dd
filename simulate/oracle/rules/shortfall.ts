/** T4: fewer than n of X in the time after an opening event. */
import fc from 'fast-check';
import { anyWindow, behind, happeningsOf, keyProperty, patternsOf, patternsText } from '../draw.ts';
import { type Expected, type HistoryEvent, type Part, partsByKey } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

export const rule: Rule = {
  name: 'shortfall',
  of: 'T4, T0, E4',
  cases: fc
    .record({
      opens: patternsOf(['a', 'b']),
      of: patternsOf(['x', 'a'], true),
      key: keyProperty,
      fewerThan: fc.integer({ min: 1, max: 3 }),
      within: anyWindow,
    })
    .map(({ opens, of, key, fewerThan, within }) => {
      const trigger = {
        event: patternsText(opens, key),
        fewer_than: fewerThan,
        of: patternsText(of, key),
        within: within.text,
        ...(key && { key: `event.${key}` }),
      };
      return {
        told: JSON.stringify(trigger),
        trigger,
        files: [playbookFile({ trigger, ...(within.calendar && { calendar: within.calendar }) }), ...within.files],
        subject: 'contact',
        traits: {},
        happenings: happeningsOf(['a', 'b', 'x', 'x', 'c'], { most: 16 }),
        until: (history) => behind(history, within.mostMs),
        expected: (history) =>
          [...partsByKey(history, key, opens, of)].flatMap(([forKey, parts]) =>
            told(parts, fewerThan, (event) => within.endOf(event)).map((firing) => ({ ...firing, key: forKey })),
          ),
      };
    }),
};

function told(
  parts: readonly Part[],
  fewerThan: number,
  endOf: (event: HistoryEvent) => number | undefined,
): Omit<Expected, 'key'>[] {
  const fired: Omit<Expected, 'key'>[] = [];
  let from = 0;
  for (;;) {
    const opening = parts.find((p) => p.opens && p.event.index >= from && endOf(p.event) !== undefined)?.event;
    if (!opening) return fired;
    const at = endOf(opening)!;
    // Counted in (open.at, open.at + w]: what shares the opening's instant is not after it.
    const counted = parts.filter((p) => p.closes && p.event.at > opening.at && p.event.at <= at);
    const last = counted[fewerThan - 1];
    // The event that closes it may itself open it again; an event at the deadline's instant comes before it.
    if (last) from = last.event.index;
    else {
      fired.push({ at, evidence: [opening.id], fields: { count: counted.length } });
      from = Math.max(opening.index, ...parts.filter((p) => p.event.at <= at).map((p) => p.event.index)) + 1;
    }
  }
}
