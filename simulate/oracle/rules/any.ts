/** T13: arms that fire with one key, `at` and last evidence are one firing, of the first in the file. */
import fc from 'fast-check';
import { happeningsOf } from '../draw.ts';
import type { Expected } from '../history.ts';
import { playbookFile, type Rule } from '../rule.ts';
import { rule as absence } from './absence.ts';
import { edge, held } from './count.ts';
import { rule as event } from './event.ts';
import { rule as inactivity } from './inactivity.ts';
import { rule as shortfall } from './shortfall.ts';

const arm = fc.oneof(...[event, edge, held, absence, shortfall, inactivity].map((rule) => rule.cases));

export const rule: Rule = {
  name: 'any',
  of: 'T13',
  cases: fc.array(arm, { minLength: 2, maxLength: 3 }).map((arms) => {
    const trigger = { any: arms.map((one) => one.trigger) };
    const surroundings = new Map(arms.flatMap((one) => one.files.slice(1)).map((file) => [file.path, file]));
    const calendar = surroundings.size > 0 ? 'office' : undefined;
    return {
      told: JSON.stringify(trigger),
      trigger,
      files: [playbookFile({ trigger, ...(calendar && { calendar }) }), ...surroundings.values()],
      subject: 'contact',
      traits: {},
      happenings: happeningsOf(['a', 'b', 'x', 'c']),
      until: (history) => Math.max(...arms.map((one) => one.until(history))),
      expected(history, until) {
        const known = new Map<string, Expected>();
        for (const one of arms) {
          for (const { fields: _, ...firing } of one.expected(history, until)) {
            const id = `${firing.key} ${firing.at} ${firing.evidence.at(-1)}`;
            if (!known.has(id)) known.set(id, firing);
          }
        }
        return [...known.values()];
      },
    };
  }),
};
