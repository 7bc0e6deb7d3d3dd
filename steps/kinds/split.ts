/** S5: arms by bucket; the assignment is stored, and sticky across re-entry. */
import { z } from 'zod';
import { bucketOf } from '../../language/hash.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import type { Step } from '../step.ts';

const schema = z.strictObject({
  split: z.string().min(1).max(100),
  arms: z
    .record(
      z.string(),
      z.strictObject({ weight: z.number().min(0).max(1_000_000), steps: z.array(z.unknown()).max(200) }),
    )
    .refine((arms) => Object.values(arms).some((arm) => arm.weight > 0), { error: 'some arm has a weight above 0' }),
});

interface SplitConfig {
  experiment: string;
  /** In file order. */
  arms: { name: string; weight: number }[];
}

export const step: Step = {
  kind: 'split',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const entries = Object.entries(value.arms);
    const arms = entries.map(([name, arm]) =>
      context.steps(arm.steps, [...path, 'arms', name, 'steps'], `${at}.arms.${name}`),
    );
    const config: SplitConfig = {
      experiment: value.split,
      arms: entries.map(([name, arm]) => ({ name, weight: arm.weight })),
    };
    return { node: { op: 'choose', path: at, arms }, config: config as never };
  },
  example: '- split: second-mail\n  arms:\n    a: { weight: 50, steps: [] }\n    b: { weight: 50, steps: [] }',
  title({ config }) {
    const { experiment } = config as unknown as SplitConfig;
    return { title: `Experiment ${experiment}` };
  },
  arms: ({ config }) => (config as unknown as SplitConfig).arms.map(({ name, weight }) => `${name} ${weight} %`),
  decide(step, _command, facts) {
    const { experiment, arms } = step.config as unknown as SplitConfig;
    const stored = arms.findIndex((arm) => arm.name === facts.arm(experiment));
    const bucket = bucketOf(`${facts.enrolment.playbook}:${experiment}:${facts.enrolment.subject.id}`);
    const arm = stored >= 0 ? stored : armOfBucket(arms, bucket);
    const name = arms[arm]!.name;
    return {
      answer: { go: 'arm', arm },
      writes: [{ write: 'assignment', experiment, arm: name }],
      context: { arm: name },
      evaluated: { bucket, sticky: stored >= 0 },
    };
  },
};

/** The first arm in file order with bucket × total < cumulative × 10 000. */
function armOfBucket(arms: readonly { weight: number }[], bucket: number): number {
  const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
  let cumulative = 0;
  return arms.findIndex((arm) => {
    cumulative += arm.weight;
    return bucket * total < cumulative * 10_000;
  });
}
