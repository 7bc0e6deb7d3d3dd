/** What steps, waits and texts ask of a clock: what has elapsed, what is due, how it ended (T17, Y4, L2). */

import type { Calendar, Instant, Mark } from '../../language/model.ts';
import { type Measure, measureBetween, measureMs } from '../../language/time/calendar.ts';
import { isMoment } from '../../language/time/moment/business-moment.ts';
import { dueOf, reachedAt } from './marks.ts';
import { passTime } from './running.ts';
import { type ClockInstance, type ClockState, findInstance } from './state.ts';

/**
 * Unpaused milliseconds of an instance up to `at`: business milliseconds, of a moment as well, but exact ones under an exact
 * target, which is counted by no calendar. Undefined for an instance that is not known (any more).
 */
export function elapsedMs(state: ClockState, calendar: Calendar, number: number, at: Instant): number | undefined {
  const instance = findInstance(state, number);
  return instance === undefined ? undefined : upTo(instance, calendar, instance.elapsed, at);
}

/** The same, counted from the breach: 0 until then. */
export function overdueMs(state: ClockState, calendar: Calendar, number: number, at: Instant): number | undefined {
  const instance = findInstance(state, number);
  if (instance === undefined) return undefined;
  const seen = seenAt(instance, calendar, at);
  return seen.sinceBreach === undefined ? 0 : upTo(seen, calendar, seen.sinceBreach, at);
}

/** The breach: when it came, or will if nothing else happens, or was due when the clock ended. Undefined while paused. */
export function dueAt(state: ClockState, calendar: Calendar, number: number): Instant | undefined {
  const instance = findInstance(state, number);
  if (instance === undefined) return undefined;
  return instance.breachedAt ?? instance.wasDue ?? dueOf(instance, calendar, { kind: 'breach' });
}

/** When a mark was reached, of the marks that were watched; a share at the latest by the breach. */
export function markReachedAt(state: ClockState, number: number, mark: Mark): Instant | undefined {
  const instance = findInstance(state, number);
  return instance === undefined ? undefined : reachedAt(instance, mark);
}

/** True when a mark has been reached, or falls due by `at`. */
export function markIsDue(
  state: ClockState,
  calendar: Calendar,
  { number, mark }: { number: number; mark: Mark },
  at: Instant,
): boolean {
  const instance = findInstance(state, number);
  if (instance === undefined) return false;
  if (reachedAt(instance, mark) !== undefined) return true;
  const due = dueOf(instance, calendar, mark);
  return due !== undefined && due <= at;
}

/**
 * `met`: stopped in time. `breached`: stopped after its breach. `stopped`: either, or cancelled, or its promise withdrawn
 * (L2). An instance that is no longer kept ended long ago.
 */
export function isSatisfied(state: ClockState, number: number, is: 'met' | 'breached' | 'stopped'): boolean {
  const instance = findInstance(state, number);
  if (instance === undefined) return is === 'stopped' && number < (state.instances[0]?.number ?? 0);
  if (is !== 'stopped') return instance.how === is;
  return instance.how !== undefined || instance.withdrawnAt !== undefined;
}

/** Whether there is a promise, or was one: of an instance for which its table never had a row nothing is known (L2). */
export function isPromised({ target, withdrawnAt, breachedAt }: ClockInstance): boolean {
  return target !== undefined || withdrawnAt !== undefined || breachedAt !== undefined;
}

function upTo(instance: ClockInstance, calendar: Calendar, measured: Measure, at: Instant): number {
  const { target } = instance;
  const unit = target === undefined || isMoment(target) ? 'business-hours' : target.kind;
  const before = measureMs(measured, unit);
  if (instance.runningSince === undefined) return before;
  return before + measureMs(measureBetween(instance.runningSince, at, calendar), unit);
}

/** The instance with a breach that lies before `at` counted in, whether or not the deadline has been applied yet. */
function seenAt(instance: ClockInstance, calendar: Calendar, at: Instant): ClockInstance {
  if (instance.how !== undefined || instance.breachedAt !== undefined) return instance;
  const draft = { ...instance };
  passTime(draft, { calendar, marks: [] }, at, { inclusive: true });
  return draft;
}
