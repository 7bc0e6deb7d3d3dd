/** One member of a cohort: its journey, and what the cohort must know beside it. Pure. */
import type { Instant, JourneyProgram } from '../../language/model.ts';
import { startJourney, takeAnswer, takeInput, takeTime } from '../journey/reduce.ts';
import type { Answer, Command, Input, JourneyState } from '../journey/types.ts';
import { realTimeOf } from './clock.ts';
import type { ClockAnchor, CohortMember, Retry } from './types.ts';

export interface CohortMemberState {
  readonly id: string;
  readonly startedAt: Instant;
  readonly state: JourneyState;
  /** Its command is with an activity. */
  readonly inFlight: boolean;
  readonly again?: Retry;
}

/** Told when a reducer threw: the member fails, the others go on. */
export type Complain = (id: string, error: unknown) => void;

/** Pauses before a command that was answered `again`, by what is real: the evaluator catches up in real time. */
const FIRST_AGAIN_MS = 100;
const MAX_AGAIN_MS = 5_000;

export function enter(
  program: JourneyProgram,
  { id, startedAt, state, again }: CohortMember,
  complain: Complain,
): CohortMemberState {
  if (state) return { id, startedAt, state, inFlight: false, ...(again && { again }) };
  return {
    id,
    startedAt,
    inFlight: false,
    state: orFail(id, startedAt, 0, () => startJourney(program, startedAt), complain),
  };
}

/** The command that it would have carried out now. */
export function commandOf({ state, inFlight: asked }: CohortMemberState): Command | undefined {
  return !asked && state.waiting.for === 'answer' ? state.waiting.command : undefined;
}

/** The workflow's time at which it wants to be woken; undefined when it waits for something else, or for ever. */
export function wakeAtMs(
  { state, inFlight: asked, again }: CohortMemberState,
  clock: ClockAnchor | undefined,
): number | undefined {
  const { waiting } = state;
  if (asked || (waiting.for !== 'time' && waiting.for !== 'retry') || waiting.until === null) return undefined;
  const byClockMs = clock ? realTimeOf(clock, waiting.until) : Number.POSITIVE_INFINITY;
  if (!again) return byClockMs;
  // A stepped clock would never come to an `again` that only waits for others to catch up.
  return byClockMs === Number.POSITIVE_INFINITY ? again.notBeforeMs : Math.max(again.notBeforeMs, byClockMs);
}

/** Wakes it when its time has come. */
export function wake(
  program: JourneyProgram,
  member: CohortMemberState,
  clock: ClockAnchor | undefined,
  nowMs: number,
  complain: Complain,
): CohortMemberState {
  const atMs = wakeAtMs(member, clock);
  const { waiting } = member.state;
  if (atMs === undefined || atMs > nowMs || !('until' in waiting) || waiting.until === null) return member;
  const { until } = waiting;
  // Until its next answer it keeps count of how often it was told `again`.
  return { ...member, state: moved(member, () => takeTime(program, member.state, until), complain) };
}

export function notify(
  program: JourneyProgram,
  member: CohortMemberState,
  input: Input,
  complain: Complain,
): CohortMemberState {
  const state = moved(member, () => takeInput(program, member.state, input), complain);
  if (state.waiting === member.state.waiting) return { ...member, state };
  const { again: _, ...rest } = member;
  return { ...rest, state };
}

export function answer(
  program: JourneyProgram,
  member: CohortMemberState,
  given: Answer,
  nowMs: number,
  complain: Complain,
): CohortMemberState {
  const { again, ...rest } = member;
  const state = moved(member, () => takeAnswer(program, member.state, given), complain);
  const after = { ...rest, inFlight: false, state };
  if (given.go !== 'again' || state.waiting.for !== 'retry') return after;
  const tries = (again?.tries ?? 0) + 1;
  const pauseMs = Math.min(FIRST_AGAIN_MS * 2 ** Math.min(tries - 1, 10), MAX_AGAIN_MS);
  return { ...after, again: { tries, notBeforeMs: nowMs + pauseMs } };
}

function moved(member: CohortMemberState, move: () => JourneyState, complain: Complain): JourneyState {
  const { state } = member;
  if (state.ending?.reason !== 'internal') return orFail(member.id, state.at, state.seen, move, complain);
  try {
    return move();
  } catch (error) {
    // Not even its failure can be taken to its end: asking for ever would help nobody.
    complain(member.id, error);
    return { ...state, phase: 'ended', waiting: { for: 'nothing' } };
  }
}

function orFail(id: string, at: Instant, seen: number, move: () => JourneyState, complain: Complain): JourneyState {
  try {
    return move();
  } catch (error) {
    complain(id, error);
    const ending = { outcome: 'failed' as const, reason: 'internal' };
    const command: Command = { name: 'finish', path: 'finish', iteration: '', at, attempt: 1, leaves: false, ending };
    const position = [{ index: 0 }];
    return { schema: 1, at, phase: 'finish', position, waiting: { for: 'answer', command }, seen, ending };
  }
}
