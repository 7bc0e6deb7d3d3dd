/** T6: once per quiet spell, so long after the last X. */
import fc from 'fast-check';
import { anyWindow, behind, happeningsOf, keyProperty, patternsOf, patternsText } from '../draw.ts';
import { partsByKey } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';

export const rule: Rule = {
  name: 'inactivity',
  of: 'T6, T0, E4',
  cases: fc
    .record({ inactive: patternsOf(['a', 'b']), key: keyProperty, window: anyWindow })
    .map(({ inactive, key, window }) => {
      const trigger = { inactive: patternsText(inactive, key), for: window.text, ...(key && { key: `event.${key}` }) };
      return {
        told: JSON.stringify(trigger),
        trigger,
        files: [playbookFile({ trigger, ...(window.calendar && { calendar: window.calendar }) }), ...window.files],
        subject: 'contact',
        traits: {},
        happenings: happeningsOf(['a', 'b', 'c']),
        until: (history) => behind(history, window.mostMs),
        expected: (history) =>
          [...partsByKey(history, key, inactive)].flatMap(([forKey, parts]) =>
            parts.flatMap(({ event }) => {
              const at = window.endOf(event);
              if (at === undefined) return [];
              const later = parts.some((p) => p.event.index > event.index && p.event.at <= at);
              return later ? [] : [{ at, key: forKey, evidence: [event.id] }];
            }),
          ),
      };
    }),
};
