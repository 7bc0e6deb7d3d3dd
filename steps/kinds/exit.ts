/** S15: ends the journey here. */
import { z } from 'zod';
import { checkPlainName } from '../../language/compile/plain-name.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { OutcomeName } from '../../workflows/journey/types.ts';
import type { Step } from '../step.ts';

const schema = z.strictObject({
  exit: z.string().min(1).max(200),
  as: z.enum(['completed', 'exited', 'failed']).optional(),
});

export const step: Step = {
  kind: 'exit',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    checkPlainName(context, value.exit, [...path, 'exit']);
    return { node: { op: 'exit', path: at }, config: { reason: value.exit, outcome: value.as ?? 'exited' } };
  },
  example: '- exit: no longer needed',
  title({ config }) {
    const { reason, outcome } = config as unknown as { reason: string; outcome: OutcomeName };
    return { title: 'Exit', detail: `${reason} (${outcome})` };
  },
  decide(step, _command, facts) {
    const { reason, outcome } = step.config as { reason: string; outcome: OutcomeName };
    return { answer: { go: 'end', ending: { outcome, reason }, at: facts.at } };
  },
};
