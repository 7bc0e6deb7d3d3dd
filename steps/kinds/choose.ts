/** S4: the first branch that is true. */
import { z } from 'zod';
import type { Expression } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { READING_ROOTS } from '../roots.ts';
import type { Step } from '../step.ts';

const list = z.array(z.unknown()).max(200);
const schema = z.strictObject({
  choose: z
    .array(
      z.union([z.strictObject({ if: z.union([z.string(), z.boolean()]), then: list }), z.strictObject({ else: list })]),
    )
    .min(1)
    .max(50)
    .refine((arms) => arms.every((arm, i) => 'if' in arm || i === arms.length - 1), { error: '`else` is the last' }),
});

export const step: Step = {
  kind: 'choose',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const conditions: (Expression | null)[] = [];
    const arms = value.choose.map((arm, i) => {
      const here = [...path, 'choose', i];
      if ('else' in arm) {
        conditions.push(null);
        return context.steps(arm.else, [...here, 'else'], `${at}.choose.${i}.else`);
      }
      const options = { roots: READING_ROOTS, expects: 'bool', counts: true } as const;
      conditions.push(context.expression(arm.if, [...here, 'if'], options));
      return context.steps(arm.then, [...here, 'then'], `${at}.choose.${i}.then`);
    });
    return { node: { op: 'choose', path: at, arms }, config: { conditions } as never };
  },
  example: '- choose:\n    - if: trigger.value > 200\n      then: [{ record: large }]\n    - else: [{ record: small }]',
  title: () => ({ title: 'Choose' }),
  arms: ({ config }) => {
    const { conditions } = config as unknown as { conditions: (Expression | null)[] };
    return conditions.map((one) => one?.cel ?? 'else');
  },
  decide(step, _command, facts) {
    const { conditions } = step.config as unknown as { conditions: (Expression | null)[] };
    const arm = conditions.findIndex((condition) => condition === null || facts.holds(condition));
    return { answer: { go: 'arm', arm }, evaluated: { arm, of: conditions.map((c) => c?.cel ?? 'else') } };
  },
};
