/** S2: waits for an instant. */
import { z } from 'zod';
import type { Moment } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Facts, Step, StepDecision } from '../step.ts';

const schema = z.strictObject({ wait: z.union([z.string(), z.record(z.string(), z.unknown())]) });

export const step: Step = {
  kind: 'wait',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const moment = context.moment(value.wait, [...path, 'wait']);
    return { node: { op: 'pause', path: at }, config: { moment } as never };
  },
  example: '- wait: 1d',
  decide(step, command, facts) {
    return waitFor((step.config as unknown as { moment: Moment }).moment, command.name === 'pause', facts);
  },
};

/**
 * `pause` begins the wait and `look` computes it again: a date may be set, or moved either way, in the meantime. The
 * subscription that the wait keeps until then has every evaluation of the subject tell it.
 */
function waitFor(moment: Moment, begins: boolean, facts: Facts): StepDecision {
  const until = facts.from(facts.beganAt).moment(moment);
  const evaluated = { until: until === undefined ? null : isoInstant(until) };
  const goesOn: Pick<StepDecision, 'evaluated' | 'writes'> = {
    evaluated,
    ...(!begins && { writes: [{ write: 'unsubscribe' }] }),
  };
  if (until !== undefined && until <= facts.at) return { answer: { go: 'next' }, ...goesOn };
  const mayMove = until === undefined || moment.kind === 'date';
  if (!mayMove) return { answer: { go: 'sleep', until, then: 'next' }, ...goesOn };
  return {
    answer: { go: 'sleep', until: until ?? null, then: 'look' },
    evaluated,
    ...(begins && { writes: [{ write: 'subscribe', since: facts.beganAt, until: null }] }),
  };
}
