/** One member of a cohort: its journey, and what the cohort must know of it. Pure. */
import type { Instant, JourneyProgram } from '../../language/model.ts';
import { backoff } from '../../language/time/backoff.ts';
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
  readonly retry?: Retry;
}

/** What all members of a cohort share. */
export interface MemberContext {
  readonly program: JourneyProgram;
  /** Told when a reducer threw: the member fails, the others go on. */
  complain(id: string, error: unknown): void;
}

/** Pauses before a command that was answered `again`, in real time: so the evaluator catches up. */
const retryMsAfter = backoff({ firstMs: 100, maxMs: 5_000 });

export function enter(context: MemberContext, { id, startedAt, state, again }: CohortMember): CohortMemberState {
  if (state) return { id, startedAt, state, inFlight: false, ...(again && { retry: again }) };
  const start = () => startJourney(context.program, startedAt);
  return { id, startedAt, inFlight: false, state: orFail(context, { id, at: startedAt, seen: 0 }, start) };
}

/** The member as the next run of the workflow is given it. */
export function carry({ id, startedAt, state, retry }: CohortMemberState): CohortMember {
  return { id, startedAt, state, ...(retry && { again: retry }) };
}

/** The command that an activity has to carry out now. */
export function commandOf({ state, inFlight }: CohortMemberState): Command | undefined {
  return !inFlight && state.waiting.for === 'answer' ? state.waiting.command : undefined;
}

/** The workflow's time at which it wants to be woken; undefined when it waits for something else, or for ever. */
export function wakeAtMs(
  { state, inFlight, retry }: CohortMemberState,
  clock: ClockAnchor | undefined,
): number | undefined {
  const { waiting } = state;
  if (inFlight || (waiting.for !== 'time' && waiting.for !== 'retry') || waiting.until === null) return undefined;
  const byClockMs = clock ? realTimeOf(clock, waiting.until) : Number.POSITIVE_INFINITY;
  if (!retry) return byClockMs;
  // A stepped clock would never come to a retry that only waits for others to catch up.
  return byClockMs === Number.POSITIVE_INFINITY ? retry.notBeforeMs : Math.max(retry.notBeforeMs, byClockMs);
}

/** Wakes it when its time has come. */
export function wake(
  context: MemberContext,
  member: CohortMemberState,
  clock: ClockAnchor | undefined,
  nowMs: number,
): CohortMemberState {
  const atMs = wakeAtMs(member, clock);
  const { waiting } = member.state;
  if (atMs === undefined || atMs > nowMs || !('until' in waiting) || waiting.until === null) return member;
  const { until } = waiting;
  // Until its next answer it keeps count of how often it was told `again`.
  return { ...member, state: moved(context, member, () => takeTime(context.program, member.state, until)) };
}

export function notify(context: MemberContext, member: CohortMemberState, input: Input): CohortMemberState {
  const state = moved(context, member, () => takeInput(context.program, member.state, input));
  if (state.waiting === member.state.waiting) return { ...member, state };
  const { retry: _, ...rest } = member;
  return { ...rest, state };
}

export function answer(
  context: MemberContext,
  member: CohortMemberState,
  given: Answer,
  nowMs: number,
): CohortMemberState {
  const { retry, ...rest } = member;
  const state = moved(context, member, () => takeAnswer(context.program, member.state, given));
  const after: CohortMemberState = { ...rest, inFlight: false, state };
  if (given.go !== 'again' || state.waiting.for !== 'retry') return after;
  const tries = (retry?.tries ?? 0) + 1;
  return { ...after, retry: { tries, notBeforeMs: nowMs + retryMsAfter(tries) } };
}

function moved(context: MemberContext, { id, state }: CohortMemberState, move: () => JourneyState): JourneyState {
  if (state.ending?.reason !== 'internal') return orFail(context, { id, at: state.at, seen: state.seen }, move);
  try {
    return move();
  } catch (error) {
    // Not even its failure can be completed: it is not retried for ever.
    context.complain(id, error);
    return { ...state, phase: 'ended', waiting: { for: 'nothing' } };
  }
}

/** Where the member is when the move begins: its failure ends it there. */
type Place = Pick<JourneyState, 'at' | 'seen'> & { id: string };

function orFail(context: MemberContext, { id, at, seen }: Place, move: () => JourneyState): JourneyState {
  try {
    return move();
  } catch (error) {
    context.complain(id, error);
    const ending = { outcome: 'failed' as const, reason: 'internal' };
    const command: Command = { name: 'finish', path: 'finish', iteration: '', at, attempt: 1, leaves: false, ending };
    const position = [{ index: 0 }];
    return { schema: 1, at, phase: 'finish', position, waiting: { for: 'answer', command }, seen, ending };
  }
}
