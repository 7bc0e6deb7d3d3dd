/** S4: one branch or the other, over the traits at that moment. */
import { z } from 'zod';
import type { Expression } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { READING_ROOTS } from '../roots.ts';
import type { Step } from '../step.ts';

const list = z.array(z.unknown()).max(200);
const schema = z.strictObject({ if: z.union([z.string(), z.boolean()]), then: list, else: list.optional() });

export const step: Step = {
  kind: 'if',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const condition = context.expression(value.if, [...path, 'if'], {
      roots: READING_ROOTS,
      expects: 'bool',
      counts: true,
    });
    const arms = [
      context.steps(value.then, [...path, 'then'], `${at}.then`),
      value.else ? context.steps(value.else, [...path, 'else'], `${at}.else`) : [],
    ];
    return { node: { op: 'choose', path: at, arms }, config: { condition: { ...condition } } };
  },
  example: '- if: trigger.value > 200\n  then:\n    - record: a full cart',
  title({ config }) {
    const { condition } = config as unknown as { condition: Expression };
    return { title: 'If', detail: condition.cel };
  },
  arms: () => ['yes', 'no'],
  decide(step, _command, facts) {
    const { condition } = step.config as unknown as { condition: Expression };
    const holds = facts.holds(condition);
    return { answer: { go: 'arm', arm: holds ? 0 : 1 }, evaluated: { if: condition.cel, holds } };
  },
};
