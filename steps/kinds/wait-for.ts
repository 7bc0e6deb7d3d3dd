/** S3: waits for what happens, or for its deadline. */
import { z } from 'zod';
import type { Awaited, Instant, SpanOrTable } from '../../language/model.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Facts, Step, StepDecision } from '../step.ts';
import { awaitedArms, withinWords } from '../words/title-words.ts';

const list = z.array(z.unknown()).max(200);
const looksFor = z.union([z.string(), z.record(z.string(), z.unknown())]);
const schema = z.strictObject({
  wait_for: z.union([looksFor, z.array(looksFor).min(1).max(50)]),
  within: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  since: z.literal('enrolment').optional(),
  then: list.optional(),
  else: list.optional(),
});

export interface WaitForConfig {
  /** What each arm looks for. */
  arms: Awaited[][];
  within?: SpanOrTable;
  sinceEnrolment: boolean;
}

export const step: Step = {
  kind: 'wait_for',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const here = [...path, 'wait_for'];
    const several = armsOf(value.wait_for);
    const arms = several
      ? several.map((arm, i) => {
          const { then, ...pattern } = arm;
          return {
            awaited: context.awaited(pattern, [...here, i]),
            steps: then === undefined ? [] : context.steps(then, [...here, i, 'then'], `${at}.wait_for.${i}.then`),
          };
        })
      : [
          {
            awaited: context.awaited(value.wait_for, here),
            steps: value.then ? context.steps(value.then, [...path, 'then'], `${at}.then`) : [],
          },
        ];
    const otherwise = value.else ? context.steps(value.else, [...path, 'else'], `${at}.else`) : [];
    const within = value.within === undefined ? undefined : context.span(value.within, [...path, 'within']);
    if (within?.kind === 'table' && within.default === undefined) {
      const message = 'the table has no `default`: for any other value the wait does not end by itself';
      context.warn('CB243', [...path, 'within'], message, 'write a `default` after the rows');
    }
    const config: WaitForConfig = {
      arms: arms.map((arm) => arm.awaited),
      ...(within && { within }),
      sinceEnrolment: value.since === 'enrolment',
    };
    return { node: { op: 'listen', path: at, arms: arms.map((arm) => arm.steps), otherwise }, config: config as never };
  },
  waits: () => true,
  example: '- wait_for: demo.booked\n  within: 7d\n  then: [{ record: booked }]\n  else: [{ record: silent }]',

  title({ config }) {
    const { arms, within } = config as unknown as WaitForConfig;
    return { title: `Wait for ${awaitedArms(arms).join(' or ')}`, detail: withinWords(within) };
  },
  arms: ({ config }) => awaitedArms((config as unknown as WaitForConfig).arms),
  decide(step, command, facts) {
    const config = step.config as unknown as WaitForConfig;
    if (facts.match) return matched(facts, facts.match);
    const until = config.within ? facts.endOf(config.within, facts.beganAt) : undefined;
    if (until !== undefined && until <= facts.at) return silent(facts.at);
    const marks = dueMarks(config, facts);
    // A stop or a cancel ends every wait for a mark of that instance by its `else` (L2).
    if (marks.onlyMarks && marks.over) return silent(facts.at);
    const turns = config.arms.flat().map((a) => (a.kind === 'becomes' ? facts.nextThresholdAt(a.becomes) : undefined));
    // What was due already has come or cannot come: waking for it again would never end.
    const wakeAt = earliest([until, ...marks.dueAt, ...turns].filter((at) => at === undefined || at > facts.at));
    const since = config.sinceEnrolment ? facts.enrolment.startedAt : facts.beganAt;
    return {
      answer: { go: 'sleep', until: wakeAt ?? null, then: 'look' },
      ...(command.name === 'listen' && { writes: [{ write: 'subscribe', since, until: until ?? null }] }),
    };
  },
};

/** Several arms are a list in which each has its own `then`. */
function armsOf(value: unknown): ({ then?: unknown } & object)[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const arms = value.filter(
    (arm): arm is { then: unknown } => typeof arm === 'object' && arm !== null && 'then' in arm,
  );
  return arms.length === value.length ? arms : undefined;
}

function matched(facts: Facts, match: { arm: number; at: Instant; properties: object }): StepDecision {
  return {
    answer: { go: 'arm', arm: match.arm, at: Math.max(match.at, facts.at) },
    writes: [{ write: 'unsubscribe' }],
    context: { ...match.properties, matched: true },
    evaluated: { matched: true, arm: match.arm, at: isoInstant(match.at) },
  };
}

function silent(at: Instant): StepDecision {
  return {
    answer: { go: 'otherwise', at },
    writes: [{ write: 'unsubscribe' }],
    context: { matched: false },
    evaluated: { matched: false, at: isoInstant(at) },
  };
}

function dueMarks(config: WaitForConfig, facts: Facts) {
  const dueAt: (Instant | undefined)[] = [];
  let onlyMarks = true;
  let over = true; // a clock that has not started can still come to its mark
  for (const awaited of config.arms.flat()) {
    if ((awaited.kind !== 'sla' && awaited.kind !== 'sla-of-trigger') || !awaited.mark) {
      onlyMarks = false;
      continue;
    }
    const clock =
      awaited.kind === 'sla' ? facts.clock(awaited.policy, awaited.clock) : facts.clock(undefined, undefined);
    if (!clock?.over) over = false;
    dueAt.push(clock?.dueAt(awaited.mark));
  }
  return { dueAt, onlyMarks, over };
}

function earliest(instants: readonly (Instant | undefined)[]): Instant | undefined {
  const known = instants.filter((at): at is Instant => at !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
