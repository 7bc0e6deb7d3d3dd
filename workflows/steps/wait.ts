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
  decide(step, command, facts) {
    const { moment } = step.config as unknown as { moment: Moment };
    return moment.kind === 'date' ? waitForDate(moment, command.name === 'pause', facts) : waitFor(moment, facts);
  },
};

function waitFor(moment: Moment, facts: Facts): Verdict {
  const until = facts.from(facts.beganAt).moment(moment);
  if (until === undefined) return { answer: { go: 'sleep', until: null, then: 'look' } };
  if (until <= facts.at) return { answer: { go: 'next' } };
  return { answer: { go: 'sleep', until, then: 'next' }, looked: { until: new Date(until).toISOString() } };
}

/** A date may be set, or moved to either side, while it is waited for: the row has whoever changes it ask for a look. */
function waitForDate(moment: Moment, begins: boolean, facts: Facts): Verdict {
  const until = facts.from(facts.beganAt).moment(moment);
  const looked = { until: until === undefined ? null : new Date(until).toISOString() };
  if (until !== undefined && until <= facts.at) {
    return { answer: { go: 'next' }, looked, ...(!begins && { writes: [{ write: 'unsubscribe' }] }) };
  }
  return {
    answer: { go: 'sleep', until: until ?? null, then: 'look' },
    looked,
    ...(begins && { writes: [{ write: 'subscribe', since: facts.beganAt, until: null }] }),
  };
}
