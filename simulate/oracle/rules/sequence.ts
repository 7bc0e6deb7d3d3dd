/** T7: elements in order, the last no later than w after the first; every choice of events is tried. */
import fc from 'fast-check';
import { behind, exactWindow, happeningsOf, keyProperty, patternsOf, patternsText } from '../draw.ts';
import { type HistoryEvent, keysOf, matches, type Pattern } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

/** Mostly one event by its name: what asks for more seldom comes about. */
const element: fc.Arbitrary<Pattern[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c').map((event) => [{ event }]) },
  { weight: 1, arbitrary: patternsOf(['a', 'b', 'c']) },
);

export const rule: Rule = {
  name: 'sequence',
  of: 'T7, T0, T15',
  cases: fc
    .record({
      elements: fc.array(element, { minLength: 2, maxLength: 4 }),
      key: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: keyProperty }),
      within: exactWindow,
    })
    .map(({ elements, key, within }) => {
      const sequence = elements.map((patterns) => {
        const texts = patternsText(patterns, key) as unknown[];
        return texts.length === 1 ? texts[0] : texts;
      });
      const trigger = { sequence, within: within.text, ...(key && { key: `event.${key}` }) };
      return {
        told: JSON.stringify(trigger),
        trigger,
        files: [playbookFile({ trigger })],
        subject: 'contact',
        traits: {},
        happenings: happeningsOf(['a', 'b', 'c'], { most: 16 }),
        until: (history) => behind(history, within.mostMs),
        expected: (history) => {
          const keys = key === undefined ? [''] : [...new Set(history.flatMap((event) => keysOf(event, key)))];
          return keys.flatMap((forKey) =>
            told(
              history.filter((event) => key === undefined || keysOf(event, key).includes(forKey)),
              elements,
              within.mostMs,
            ).map((chosen) => ({ at: chosen.at(-1)!.at, key: forKey, evidence: chosen.map(({ id }) => id) })),
          );
        },
      };
    }),
};

function told(events: readonly HistoryEvent[], elements: readonly Pattern[][], windowMs: number): HistoryEvent[][] {
  const fired: HistoryEvent[][] = [];
  let usedUp = -1;
  for (const last of events) {
    const choices = choicesUpTo(
      events.filter((event) => event.index > usedUp && event.index <= last.index),
      elements,
    ).filter((chosen) => chosen.at(-1) === last && last.at - chosen[0]!.at <= windowMs);
    if (choices.length === 0) continue;
    // Each element's event is the latest that any choice has for it.
    fired.push(
      elements.map((_, i) => choices.map((chosen) => chosen[i]!).reduce((a, b) => (b.index > a.index ? b : a))),
    );
    usedUp = last.index;
  }
  return fired;
}

function choicesUpTo(events: readonly HistoryEvent[], elements: readonly Pattern[][]): HistoryEvent[][] {
  const [first, ...others] = elements;
  if (!first) return [[]];
  return events.flatMap((event, i) =>
    matches(first, event) ? choicesUpTo(events.slice(i + 1), others).map((rest) => [event, ...rest]) : [],
  );
}
