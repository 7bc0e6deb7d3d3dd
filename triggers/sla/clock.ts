/**
 * The service-level clock of one policy and one subject: a pure reducer over the subject's events and the passing of time
 * (semantics L1 to L5, T10).
 *
 * Where events and time meet: an event at exactly a deadline comes first (E4), so `onClockEvent` lets time pass up to,
 * but not including, its own instant, and `onClockTime` includes it. What a retarget or a resume makes due is therefore
 * due at that event's instant, carries its `at`, and is reached after the instant's last event: a stop at the
 * same instant is in time (L4).
 */

import { canonical } from '../../language/canonical.ts';
import type { Calendar, ClockPolicy, Instant, Mark, Target } from '../../language/model.ts';
import { EMPTY_MEASURE } from '../../language/time/calendar.ts';
import { dueOf } from './marks.ts';
import { advance, nextDue, passTime, remeasure } from './running.ts';
import {
  type ChangedInstance,
  type ClockChange,
  type ClockInstance,
  type ClockState,
  findInstance,
  MAX_INSTANCES,
  NO_CLOCK,
  numberOf,
} from './state.ts';

export { dueAt, elapsedMs, isPromised, isSatisfied, markIsDue, markReachedAt, overdueMs } from './read.ts';
export { type ClockChange, type ClockInstance, type ClockState, withNumbers } from './state.ts';

/** An event of the subject, as the clock's policy reads it. One event may play several parts. */
export interface ClockInput {
  at: Instant;
  messageId: string;
  starts: boolean;
  stops: boolean;
  resumes: boolean;
  cancels: boolean;
  /** The policy's `pause` over the traits that the event left (L5). */
  pausedAfter: boolean;
  /** The policy's target over the same traits; undefined where its table has no row for them. */
  target: Target | undefined;
  /** False as long as what the target is read by was last set by Cuebook's own escalate (L3). */
  targetMoves: boolean;
}

/** How a clock is run. */
export interface ClockRules {
  clock: Pick<ClockPolicy, 'repeat'>;
  calendar: Calendar;
  /** Those that anything watches; the breach need not be named. */
  marks: readonly Mark[];
}

/** What the reducer makes of an event or an instant. */
export interface ClockReduction {
  state: ClockState;
  changes: ClockChange[];
}

/** Takes one event in E4's order; every event of the subject, also those that play no part. */
export function onClockEvent(rules: ClockRules, before: ClockState | undefined, input: ClockInput): ClockReduction {
  const { clock: policy, calendar } = rules;
  const state = before ?? NO_CLOCK;
  const changes: ClockChange[] = [];
  const last = state.instances.at(-1);
  if (last === undefined && !input.starts) return { state, changes };

  let draft = last === undefined ? undefined : { ...last };
  if (draft !== undefined) {
    if (draft.how === undefined) changes.push(...passTime(draft, rules, input.at, { inclusive: false }));
    if (draft.how === undefined && (input.cancels || input.stops)) changes.push(end(draft, calendar, input));
    if (draft.how !== undefined && draft.how !== 'cancelled' && input.resumes)
      changes.push(goOn(draft, calendar, input));
  }
  const kept = draft === undefined ? [] : [...state.instances.slice(0, -1), draft];
  let next: ClockState = { instances: kept, numbers: state.numbers };
  if (input.starts && (draft === undefined || (policy.repeat && draft.how !== undefined))) {
    const { number, numbers } = numberOf(state.numbers, input.messageId);
    draft = start(number, input);
    changes.push({ kind: 'started', ...about(draft, input.at) });
    next = { instances: [...kept, draft].slice(-MAX_INSTANCES), numbers };
  }
  // A stopped clock may go on: its target follows its table all the while (L3); a cancelled one is over.
  if (draft !== undefined && draft.how !== 'cancelled') retarget(draft, calendar, input, changes);
  if (draft !== undefined && draft.how === undefined) pause(draft, calendar, input, changes);
  // Most events change nothing, and leave the very same state.
  return changes.length === 0 ? { state, changes } : { state: next, changes };
}

/** Lets time pass up to and with `at`, after every event of that instant. For when a deadline comes. */
export function onClockTime(rules: Omit<ClockRules, 'clock'>, state: ClockState, at: Instant): ClockReduction {
  const last = state.instances.at(-1);
  if (last === undefined || last.how !== undefined) return { state, changes: [] };
  const draft = { ...last };
  const changes = passTime(draft, rules, at, { inclusive: true });
  if (changes.length === 0) return { state, changes };
  return { state: { ...state, instances: [...state.instances.slice(0, -1), draft] }, changes };
}

/**
 * The clock by another calendar than it was measured by: what runs keeps its start, its pauses and the marks that it has
 * reached, and its unpaused spans are measured again. What has ended stays as it ended.
 *
 * @param at where the calendar begins to count, if it did not count from the start: a mark that it has passed by
 *   then is due at that instant, as after a retarget (L3). Without it, such a mark was due when the calendar says so.
 */
export function inCalendar(state: ClockState, calendar: Calendar, at?: Instant): ClockState {
  const last = state.instances.at(-1);
  if (last === undefined || last.how !== undefined) return state;
  const draft = { ...last };
  remeasure(draft, calendar);
  if (at !== undefined && draft.runningSince !== undefined && draft.runningSince < at) advance(draft, calendar, at);
  return { ...state, instances: [...state.instances.slice(0, -1), draft] };
}

/** When a mark of an instance is due if nothing else happens; undefined while paused, after the end, when reached. */
export function clockDeadline(
  state: ClockState,
  calendar: Calendar,
  mark: Mark,
  instance: number,
): Instant | undefined {
  const found = findInstance(state, instance);
  return found === undefined ? undefined : dueOf(found, calendar, mark);
}

/** The next instant at which `onClockTime` has something to say: of the watched marks and the breach. */
export function nextClockDeadline(
  state: ClockState,
  calendar: Calendar,
  marks: readonly Mark[] = [],
): Instant | undefined {
  const last = state.instances.at(-1);
  return last === undefined ? undefined : nextDue(last, calendar, [...marks, { kind: 'breach' }])?.at;
}

function start(number: number, input: ClockInput): ClockInstance {
  return {
    number,
    startEvent: input.messageId,
    startedAt: input.at,
    ...(input.target && { target: input.target }),
    elapsed: EMPTY_MEASURE,
    spans: [],
    runningSince: input.at,
    reached: {},
  };
}

function end(draft: ClockInstance, calendar: Calendar, input: ClockInput): ClockChange {
  const due = dueOf(draft, calendar, { kind: 'breach' });
  if (due !== undefined) draft.wasDue = due;
  advance(draft, calendar, input.at);
  delete draft.runningSince;
  delete draft.pausedSince;
  draft.stoppedAt = input.at;
  draft.how = input.cancels ? 'cancelled' : howStopped(draft);
  const change = about(draft, input.at);
  return input.cancels ? { kind: 'cancelled', ...change } : { kind: 'stopped', met: draft.how === 'met', ...change };
}

function howStopped({ target, breachedAt }: ClockInstance): 'met' | 'breached' | 'unpromised' {
  if (breachedAt !== undefined) return 'breached';
  return target === undefined ? 'unpromised' : 'met';
}

/** The same instance runs again after its stop; the time between is in no unpaused span (L2). */
function goOn(draft: ClockInstance, calendar: Calendar, input: ClockInput): ClockChange {
  // The calendar may have changed since the stop: one that has ended is not measured again until it runs again.
  remeasure(draft, calendar);
  delete draft.stoppedAt;
  delete draft.how;
  delete draft.wasDue;
  draft.runningSince = input.at;
  return { kind: 'resumed', ...about(draft, input.at) };
}

function retarget(draft: ClockInstance, calendar: Calendar, input: ClockInput, changes: ClockChange[]): void {
  if (!input.targetMoves || draft.breachedAt !== undefined || isSame(draft.target, input.target)) return;
  // What has elapsed is kept; a mark that the new target has already passed is due now, not in the past.
  advance(draft, calendar, input.at);
  if (input.target === undefined) {
    changes.push({ kind: 'withdrawn', ...about(draft, input.at) });
    delete draft.target;
    draft.withdrawnAt = input.at;
    return;
  }
  const isNew = draft.target === undefined;
  draft.target = input.target;
  delete draft.withdrawnAt;
  const change = about(draft, input.at);
  changes.push(isNew ? { kind: 'promised', ...change } : { kind: 'retargeted', target: input.target, ...change });
}

function pause(draft: ClockInstance, calendar: Calendar, input: ClockInput, changes: ClockChange[]): void {
  if (input.pausedAfter && draft.pausedSince === undefined) {
    advance(draft, calendar, input.at);
    delete draft.runningSince;
    draft.pausedSince = input.at;
    changes.push({ kind: 'paused', ...about(draft, input.at) });
  } else if (!input.pausedAfter && draft.pausedSince !== undefined) {
    delete draft.pausedSince;
    draft.runningSince = input.at;
    changes.push({ kind: 'resumed', ...about(draft, input.at) });
  }
}

function about({ number, startEvent, target, breachedAt }: ClockInstance, at: Instant): ChangedInstance {
  const isPromised = target !== undefined || breachedAt !== undefined;
  return { instance: number, startEvent, at, ...(!isPromised && { unpromised: true }) };
}

function isSame(a: Target | undefined, b: Target | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonical(a) === canonical(b);
}
