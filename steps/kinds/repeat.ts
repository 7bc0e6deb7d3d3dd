/** S14: rounds, counted from start to start. */
import { z } from 'zod';
import type { Expression, Moment } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { READING_ROOTS } from '../roots.ts';
import type { Step } from '../step.ts';
import { joined, momentWords } from '../words/title-words.ts';

const schema = z.strictObject({
  repeat: z.strictObject({
    at_most: z.int().min(1).max(1000),
    every: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    until: z.string().optional(),
  }),
  steps: z.array(z.unknown()).min(1).max(200),
});

interface RepeatConfig {
  every?: Moment;
  until?: Expression;
}

export const step: Step = {
  kind: 'repeat',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const { at_most, every, until } = value.repeat;
    const here = [...path, 'repeat'];
    const config: RepeatConfig = {
      ...(every !== undefined && { every: context.moment(every, [...here, 'every']) }),
      ...(until !== undefined && {
        until: context.expression(until, [...here, 'until'], { roots: READING_ROOTS, expects: 'bool', counts: true }),
      }),
    };
    const body = context.steps(value.steps, [...path, 'steps'], `${at}.steps`);
    return { node: { op: 'repeat', path: at, atMost: at_most, body }, config: config as never };
  },
  waits: ({ every }: RepeatConfig) => every !== undefined,
  example: '- repeat: { at_most: 3, every: 1d }\n  steps:\n    - record: a round',
  title({ config }) {
    const { every, until } = config as unknown as RepeatConfig;
    return { title: 'Repeat', detail: joined(every && `every ${momentWords(every)}`, until && `until ${until.cel}`) };
  },
  decide(step, command, facts) {
    const { every, until } = step.config as unknown as RepeatConfig;
    const { previousAt } = command.round ?? { previousAt: null };
    // A round that outlasts `every` is followed at once.
    const dueAt = previousAt === null || !every ? facts.at : facts.from(previousAt).moment(every);
    // A table without a row, a date that is absent: no further round is due at any moment.
    if (dueAt === undefined) return { answer: { go: 'next' }, evaluated: { every: null } };
    if (dueAt > facts.at) return { answer: { go: 'sleep', until: dueAt, then: 'round' } };
    if (until && facts.holds(until)) return { answer: { go: 'next' }, evaluated: { until: until.cel, holds: true } };
    return { answer: { go: 'arm', arm: 0 } };
  },
};
