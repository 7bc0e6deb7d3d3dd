/** S2: waits for an instant. */
import { z } from 'zod';
import type { Moment } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Facts, Step, Verdict } from '../step.ts';

const schema = z.strictObject({ wait: z.union([z.string(), z.record(z.string(), z.unknown())]) });

export const step: Step = {
  kind: 'wait',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const moment = context.moment(value.wait, [...path, 'wait']);
    return { node: { op: 'pause', path: at }, config: { moment } as never };
  },
  example: '- wait: 1d',
  // `pause` begins the wait and `look` asks again: a date may have moved meanwhile.
  decide(step, _command, facts) {
    return waitFor((step.config as unknown as { moment: Moment }).moment, facts);
  },
};

function waitFor(moment: Moment, facts: Facts): Verdict {
  const until = facts.from(facts.beganAt).moment(moment);
  // An absent date holds the wait until it is set.
  if (until === undefined) return { answer: { go: 'sleep', until: null, then: 'look' } };
  if (until <= facts.at) return { answer: { go: 'next' } };
  const looked = { until: new Date(until).toISOString() };
  return { answer: { go: 'sleep', until, then: moment.kind === 'date' ? 'look' : 'next' }, looked };
}
