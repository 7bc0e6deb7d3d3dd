/** S13: another playbook, for the same subject. */
import { z } from 'zod';
import { REQUESTED, RETURNED } from '../../language/records/runs.ts';
import type { CompileContext, Path } from '../../language/syntax.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { askingNow, beginAsking, stepsShape, waitForAnswers, withinShape } from '../asking.ts';
import { effectNode } from '../nodes.ts';
import { wordsOf } from '../sentences.ts';
import type { Facts, Step, StepDecision } from '../step.ts';
import { awaitedArms, withinWords } from '../words/title-words.ts';
import type { WaitForConfig } from './wait-for.ts';

const schema = z
  .strictObject({
    run: z.string().min(1).max(100),
    wait: z.literal(false).optional(),
    within: withinShape.optional(),
    else: stepsShape.optional(),
  })
  .refine((v) => v.wait === undefined || (v.within === undefined && v.else === undefined), {
    error: '`within` and `else` are of a run that is waited for: leave out `wait: false`, or both of them',
  });

export interface RunConfig extends Partial<WaitForConfig> {
  /** The name of the playbook; which version of it follows from what is deployed when the step comes. */
  runs: string;
}

export const step: Step = {
  kind: 'run',
  schema,
  compile(value: z.infer<typeof schema>, path: Path, at: string, context: CompileContext) {
    const { run: runs, wait, within } = value;
    context.playbook(runs, [...path, 'run']);
    const config: RunConfig = {
      runs,
      ...(wait === undefined && waitForAnswers([RETURNED], { within, at, path }, context)),
    };
    const otherwise = value.else && context.steps(value.else, [...path, 'else'], `${at}.else`);
    const node = effectNode(at, { leaves: false });
    return { node: { ...node, ...(otherwise && { otherwise }) }, config: config as never };
  },
  effect: {
    line: [],
    // A ring of those that are waited for ends as `open`, which lint tells in its own words.
    tells: ({ runs, arms }: RunConfig, subject) =>
      arms ? [] : [{ name: REQUESTED, on: subject, properties: { runs } }],
    sentence: ({ subject, detail }) => `Playbook ${wordsOf(detail.run)} for ${subject}`,
  },
  asks: true,
  waits: ({ arms }: RunConfig) => arms !== undefined,
  example: '- run: win-back\n  within: 14d\n  else: [{ record: still_open }]',

  title({ config }) {
    const { runs, within } = config as unknown as RunConfig;
    return { title: `Run ${runs}`, detail: withinWords(within) };
  },
  arms: ({ config }) => awaitedArms((config as unknown as RunConfig).arms ?? []),
  decide(step, command, facts) {
    const config = step.config as unknown as RunConfig;
    const { runs } = config;
    const wait = waitOf(config);
    if (wait && command.name === 'look') return looked(wait, facts);
    const asking = wait && beginAsking(wait, facts);
    return {
      answer: asking?.answer ?? { go: 'next' },
      writes: [{ write: 'run', runs, waits: wait !== undefined }, ...(asking?.writes ?? [])],
      line: { detail: { run: runs } },
      context: { status: 'running' },
    };
  },
};

function waitOf({ arms, within }: RunConfig): WaitForConfig | undefined {
  return arms && { arms, ...(within && { within }), sinceEnrolment: false };
}

/** What was run has ended, was refused, or its time is over: then it ends, too. */
function looked(wait: WaitForConfig, facts: Facts): StepDecision {
  const asking = askingNow(wait, facts);
  if (asking.is === 'waiting') return { answer: { go: 'sleep', until: asking.until, then: 'look' } };
  const at = isoInstant(asking.at);
  if (asking.is === 'over') {
    const context = { status: 'recalled', outcome: 'none' };
    return {
      answer: { go: 'otherwise', at: asking.at },
      writes: [{ write: 'recall' }, { write: 'unsubscribe' }],
      context,
      evaluated: { ended: false, at },
    };
  }
  const { outcome = null, reason = null } = facts.match!.properties;
  const isRefused = outcome === 'refused';
  return {
    answer: isRefused ? { go: 'otherwise', at: asking.at } : { go: 'next', at: asking.at },
    writes: [{ write: 'unsubscribe' }],
    context: { status: isRefused ? 'refused' : 'ended', outcome, reason },
    evaluated: { ended: true, outcome, reason, at },
  };
}
