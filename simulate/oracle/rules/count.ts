/** T2: the rising edge, and the watch that it opens with `unless` and `hold`. */
import fc from 'fast-check';
import { anyWindow, apart, behind, exactWindow, happeningsOf, keyProperty, patternsOf, patternsText } from '../draw.ts';
import { type Expected, type HistoryEvent, type Part, partsByKey } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

const parameters = fc.record({
  counted: patternsOf(['a', 'b']),
  key: keyProperty,
  atLeast: fc.integer({ min: 1, max: 4 }),
  within: exactWindow,
});

export const edge: Rule = {
  name: 'count',
  of: 'T2, T0, T15',
  cases: parameters.map(({ counted, key, atLeast, within }) => {
    const trigger = {
      event: patternsText(counted, key),
      at_least: atLeast,
      within: within.text,
      ...(key && { key: `event.${key}` }),
    };
    return {
      told: JSON.stringify(trigger),
      trigger,
      files: [playbookFile({ trigger })],
      subject: 'contact',
      traits: {},
      happenings: happeningsOf(['a', 'b', 'c'], { most: 18 }),
      until: (history) => behind(history, 0),
      expected: (history) =>
        [...partsByKey(history, key, counted)].flatMap(([forKey, parts]) =>
          edges(parts, atLeast, within.mostMs).map((of) => ({
            at: of.at(-1)!.at,
            key: forKey,
            evidence: of.map(({ id }) => id),
            fields: { count: atLeast },
          })),
        ),
    };
  }),
};

export const held: Rule = {
  name: 'count-hold',
  of: 'T2 with unless and hold, E4',
  cases: fc
    .record({ parameters, unless: patternsOf(['x', 'a'], true), hold: anyWindow })
    .map(({ parameters: { counted, key, atLeast, within }, unless: drawn, hold }) => {
      const unless = apart(drawn, counted);
      const trigger = {
        event: patternsText(counted, key),
        at_least: atLeast,
        within: within.text,
        unless: patternsText(unless, key),
        hold: hold.text,
        ...(key && { key: `event.${key}` }),
      };
      return {
        told: JSON.stringify(trigger),
        trigger,
        files: [playbookFile({ trigger, ...(hold.calendar && { calendar: hold.calendar }) }), ...hold.files],
        subject: 'contact',
        traits: {},
        happenings: happeningsOf(['a', 'b', 'x', 'c'], { most: 18 }),
        until: (history) => behind(history, hold.mostMs),
        expected: (history) =>
          [...partsByKey(history, key, counted, unless)].flatMap(([forKey, parts]) =>
            watches(parts, atLeast, within.mostMs, (event) => hold.endOf(event)).map((firing) => ({
              ...firing,
              key: forKey,
              fields: { count: atLeast },
            })),
          ),
      };
    }),
};

/** Each matching event at which exactly n - 1 earlier ones lie in (e.at - w, e.at], with those. */
function edges(parts: readonly Part[], atLeast: number, windowMs: number): HistoryEvent[][] {
  const found: HistoryEvent[][] = [];
  for (const { event, opens } of parts) {
    if (!opens) continue;
    // Events before the latest X, this one included, are never counted again.
    const blocked = Math.max(
      -1,
      ...parts.filter((p) => p.closes && p.event.index <= event.index).map((p) => p.event.index),
    );
    const earlier = parts.filter(
      (p) => p.opens && p.event.index < event.index && p.event.index >= blocked && p.event.at > event.at - windowMs,
    );
    if (earlier.length === atLeast - 1) found.push([...earlier.map((p) => p.event), event]);
  }
  return found;
}

function watches(
  parts: readonly Part[],
  atLeast: number,
  windowMs: number,
  endOf: (event: HistoryEvent) => number | undefined,
): Omit<Expected, 'key'>[] {
  const fired: Omit<Expected, 'key'>[] = [];
  let busyUntil: { at: number; closedBy: number } | undefined;
  for (const of of edges(parts, atLeast, windowMs)) {
    const last = of.at(-1)!;
    // An edge while a watch is open changes nothing; one at exactly its deadline comes before it.
    if (busyUntil && last.at <= busyUntil.at && last.index < busyUntil.closedBy) continue;
    const at = endOf(last);
    if (at === undefined) continue;
    const closing = parts.find((p) => p.closes && p.event.index > last.index && p.event.at <= at);
    busyUntil = { at, closedBy: closing?.event.index ?? Number.POSITIVE_INFINITY };
    if (!closing) fired.push({ at, evidence: of.map(({ id }) => id) });
  }
  return fired;
}
