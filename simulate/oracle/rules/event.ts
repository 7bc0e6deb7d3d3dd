/** T1: fires at each matching event. */
import fc from 'fast-check';
import { behind, happeningsOf, keyProperty, patternsOf, patternsText } from '../draw.ts';
import { partsByKey } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

export const rule: Rule = {
  name: 'event',
  of: 'T1, T0',
  cases: fc.record({ opens: patternsOf(['a', 'b']), key: keyProperty }).map(({ opens, key }) => {
    const trigger = { event: patternsText(opens, key), ...(key && { key: `event.${key}` }) };
    return {
      told: JSON.stringify(trigger),
      trigger,
      files: [playbookFile({ trigger })],
      subject: 'contact',
      traits: {},
      happenings: happeningsOf(['a', 'b', 'c']),
      until: (history) => behind(history, 0),
      expected: (history) =>
        [...partsByKey(history, key, opens)].flatMap(([forKey, parts]) =>
          parts.map(({ event }) => ({ at: event.at, key: forKey, evidence: [event.id] })),
        ),
    };
  }),
};
