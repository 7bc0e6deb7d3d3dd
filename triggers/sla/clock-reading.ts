/** A clock of a service level as waits, goals and `trigger.due` read it at an instant. */

import type { Awaited, Calendar, Instant, Json, Mark } from '../../language/model.ts';
import { calendarHash } from '../../language/time/calendar.ts';
import type { ClockEntry } from '../engine/run-clocks.ts';
import { clockDeadline, dueAt, elapsedMs, inCalendar, isPromised, isSatisfied, markIsDue, overdueMs } from './clock.ts';

export interface ClockReading {
  instance: number;
  /** When a mark comes if nothing else happens; undefined while it cannot come. */
  dueAt(mark: Mark): Instant | undefined;
  reached(mark: Mark): boolean;
  is(what: 'met' | 'breached' | 'stopped'): boolean;
  /** No mark of the instance can come any more (L2). */
  over: boolean;
  /** The breach's instant; null while paused. */
  due: Instant | null;
  elapsedMs: number;
  overdueMs: number;
}

/**
 * Reads one instance at an instant; undefined where there is none of that number, or never a promise in it (L2).
 *
 * @param calendar the reader's: an enrolment counts by the calendar of its own version (N5), also where the clock is
 *   measured by a newer one
 */
export function readClock(
  calendar: Calendar,
  slot: ClockEntry,
  instance: number,
  at: Instant,
): ClockReading | undefined {
  const state = slot.calendar === calendarHash(calendar) ? slot.clock : inCalendar(slot.clock, calendar);
  if (!state.instances.some((i) => i.number === instance && isPromised(i))) return undefined;
  const over = isSatisfied(state, instance, 'stopped');
  return {
    instance,
    dueAt: (mark) => (over ? undefined : clockDeadline(state, calendar, mark, instance)),
    // What was reached before the clock ended stays reached.
    reached: (mark) => markIsDue(state, calendar, { number: instance, mark }, at),
    is: (what) => isSatisfied(state, instance, what),
    over,
    due: dueAt(state, calendar, instance) ?? null,
    elapsedMs: elapsedMs(state, calendar, instance, at) ?? 0,
    overdueMs: overdueMs(state, calendar, instance, at) ?? 0,
  };
}

/** The latest instance of a clock's row: what `sla: <policy>.<clock>` means where no firing names one. */
export function latestInstance(slot: ClockEntry): number | undefined {
  return slot.clock.instances.at(-1)?.number;
}

/** Which clock and instance an awaited thing means: `sla: trigger.clock` is the instance that fired. */
export function clockNamed(
  awaited: Awaited,
  trigger: { [name: string]: Json },
): { policy: string; clock: string; instance: number | undefined } | undefined {
  if (awaited.kind === 'sla') return { policy: awaited.policy, clock: awaited.clock, instance: undefined };
  if (awaited.kind !== 'sla-of-trigger') return undefined;
  const { policy, clock, instance } = trigger;
  if (typeof policy !== 'string' || typeof clock !== 'string' || typeof instance !== 'number') return undefined;
  return { policy, clock, instance };
}
