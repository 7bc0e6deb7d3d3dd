/** Runs the `tests:` of playbooks in virtual time (V2, V3): the same code as production, and a diff of the lines. */
import type { PlaybookTest } from '../../language/compile.ts';
import type { People, PlaybookVersion } from '../../language/model.ts';
import { identityLinksOf } from '../../language/records/identity-links.ts';
import { withThoseRun } from '../../language/records/runs.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { replyOf } from '../../steps/reply.ts';
import type { Reply } from '../../steps/step.ts';
import { type Skipped, SkippedCounts } from '../../triggers/engine/skipped.ts';
import { run } from '../run/run.ts';
import type { RunInput, RunLine } from '../run/types.ts';
import { cameLine } from './came.ts';
import { type CameLine, pairLines } from './diff.ts';
import { faultsOf } from './faults.ts';
import { brokenText, neverOver } from './never.ts';
import { shownFor } from './shown.ts';
import { type RefusedEvent, timelineOf } from './test-events.ts';
import { tracedRun } from './trace.ts';
import { subjectText, timelineText, traceText } from './trace-text.ts';

export interface TestResult {
  playbook: string;
  it: string;
  line: number;
  passed: boolean;
  /** What came in place of what was expected, with the nearest reason, or why nothing was run. */
  faults: string[];
  came: CameLine[];
  /** Events of the test that are not taken; where there are any, nothing is run. */
  refused: RefusedEvent[];
  /** What took no part (T0); absent where nothing did. */
  noPart?: Skipped[];
  /** Of a test that failed: what came in and what came of it, in short. */
  timeline?: string[];
  /** All that happened and was looked at, a line each, where it was asked for. */
  trace?: string[];
}

export interface RunOptions {
  trace?: boolean;
  /** The playbooks among which those that are run are found. */
  folder?: readonly PlaybookVersion[];
  /** Told of each command of each journey: for coverage. */
  onDecided?: RunInput['onDecided'];
}

/**
 * Runs one test of a playbook, with those that it runs; the other playbooks of its folder are silent. Of a test that fails, or
 * of which the trace is asked for, the run is played once more with everything that it looks at kept.
 */
export function runTest(
  version: PlaybookVersion,
  test: PlaybookTest,
  people: People,
  options: RunOptions = {},
): TestResult {
  if (!test.generated) return runOnce(version, test, people, options);
  const never = runNever(version, test, people, options);
  // What is written and what is generated are two tests in one: the first that fails is told.
  return test.expect === undefined || !never.passed ? never : runOnce(version, test, people, options);
}

function runNever(version: PlaybookVersion, test: PlaybookTest, people: People, options: RunOptions): TestResult {
  const base = { playbook: version.playbook.playbook, it: test.it, line: test.line, refused: [], came: [] };
  const inputFor = (one: PlaybookTest) => {
    const { events, refused } = timelineOf(one);
    return refused.length > 0
      ? { faults: refusedFaults(refused) }
      : { ...inputOf(version, one, people, { events, folder: options.folder }), onDecided: options.onDecided };
  };
  try {
    const found = neverOver(version, test, inputFor);
    if (found === undefined) return { ...base, passed: true, faults: [] };
    if ('fault' in found) return { ...base, passed: false, faults: [found.fault] };
    const { came } = found.broken;
    const result = { ...base, passed: false, faults: [brokenText(found)], came };
    if (!options.trace) return result;
    const trace = tracedRun(version, inputFor(found.test) as RunInput);
    return { ...result, trace: traceText(trace, shownFor(version, test)) };
  } catch (error) {
    return { ...base, passed: false, faults: [errorText(error)] };
  }
}

function refusedFaults(refused: readonly RefusedEvent[]): string[] {
  return refused.map(({ line, message }) => `line ${line}: the event is not taken. ${message}`);
}

function errorText(error: unknown): string {
  const { message = String(error), hint } = error as { message?: string; hint?: string };
  return hint === undefined ? message : `${message}\n${hint}`;
}

function runOnce(version: PlaybookVersion, test: PlaybookTest, people: People, options: RunOptions): TestResult {
  const base = { playbook: version.playbook.playbook, it: test.it, line: test.line, passed: false, refused: [] };
  const came: CameLine[] = [];
  const loops: string[] = [];
  const skipped = new SkippedCounts({ examples: true });
  let input: RunInput;
  try {
    const { events, refused } = timelineOf(test);
    if (refused.length > 0) {
      return { ...base, refused, faults: refusedFaults(refused), came };
    }
    input = inputOf(version, test, people, { events, folder: options.folder });
    run({ ...input, onDecided: options.onDecided, onNoPart: (looked) => skipped.add(looked) }, (line) => {
      if (line.type === 'enrolment' && line.refused === 'loop') loops.push(loopFault(line));
      const one = cameLine(line, base.playbook);
      if (one) came.push(one);
    });
  } catch (error) {
    return { ...base, faults: [errorText(error)], came };
  }
  const lines = came.filter((line) => isShown(line, test.expectOnly));
  const pairs = pairLines(test.expect === 'nothing' ? [] : (test.expect ?? []), lines);
  const isMet = pairs.every(({ wanted, came: line, differs }) => wanted && line && differs.length === 0);
  const noPart = skipped.rows();
  const parts = noPart.length > 0 ? { noPart } : {};
  const result = { ...base, ...parts, passed: isMet && loops.length === 0, faults: loops, came: lines };
  if (result.passed && !options.trace) return result;
  const shown = shownFor(version, test);
  const trace = tracedRun(version, input);
  const faults = isMet ? loops : [...loops, ...faultsOf(pairs, { version, test, trace, shown })];
  if (options.trace) return { ...result, faults, trace: traceText(trace, shown) };
  return { ...result, faults, timeline: timelineText(trace, shown) };
}

/** What a test plays, for who wants to look at more than its lines; undefined where an event of it is not taken. */
export function runOfTest(
  version: PlaybookVersion,
  test: PlaybookTest,
  people: People,
  folder?: readonly PlaybookVersion[],
): RunInput | undefined {
  const { events, refused } = timelineOf(test);
  return refused.length > 0 ? undefined : inputOf(version, test, people, { events, folder });
}

function inputOf(
  version: PlaybookVersion,
  test: PlaybookTest,
  people: People,
  { events, folder = [] }: { events: TimelineEvent[]; folder?: readonly PlaybookVersion[] | undefined },
): RunInput {
  const { settings, records, start, until, holdout, arms, report } = test;
  return {
    ...{ versions: withThoseRun([version], folder), settings, records, start, events, until, holdout, arms, report },
    people: test.people ? { ...people, persons: test.people } : people,
    claims: events.flatMap(identityLinksOf),
    replies: { [version.playbook.playbook]: repliesOf(test) },
    jitterMs: () => 0,
  };
}

/** What production makes of an answer: the context of the step. */
function repliesOf({ answers = {} }: PlaybookTest): { [path: string]: Reply[] } {
  const replies = Object.entries(answers).map(([path, some]) => [path, some.map(replyOf)]);
  return Object.fromEntries(replies);
}

function loopFault({ subject, at, looked }: RunLine & { type: 'enrolment' }): string {
  const { ring } = looked as { ring: string[] };
  return `a firing for ${subjectText(subject)} at ${isoInstant(at)} was refused as \`loop\`: ${ring.join(' → ')}`;
}

/** Refused effects appear only where `expect_only` names `refused`, which narrows the kinds (V2). */
function isShown(line: CameLine, only: readonly string[] | undefined): boolean {
  if (line.refused !== null) return only?.includes('refused') ?? false;
  return only === undefined || only.includes(line.kind);
}
