/** The window of a computed trait (T14): which entries lie in it at an instant, and when the next one leaves. */

import type { CalendarUnit, ComputedTrait, Instant } from '../../language/model.ts';
import { calendarWindow } from '../../language/time/calendar/window.ts';
import { DAY_MS } from '../../language/time/duration.ts';

/**
 * The latest instant from which on events may still count at `at` or later, in any zone: what is kept goes no
 * further back. Negative infinity over ever and for the latest so many.
 */
export function reachesBackTo(trait: ComputedTrait, at: Instant): Instant {
  if (trait.overMs !== undefined) return at - trait.overMs;
  // Days begin at most a day earlier or later than on UTC, and a subject may move to another zone.
  const unit = calendarUnitOf(trait);
  if (unit) return calendarWindow(unit, at - DAY_MS, 'UTC').start - DAY_MS;
  return Number.NEGATIVE_INFINITY;
}

export function isEver(trait: ComputedTrait): boolean {
  return trait.overMs === undefined && calendarUnitOf(trait) === undefined && trait.overLast === undefined;
}

/** The entries that a window that ends at `at` or later may still need. */
export function keptAt<E extends { at: Instant }>(
  trait: ComputedTrait,
  entries: readonly E[],
  at: Instant,
): readonly E[] {
  const back = reachesBackTo(trait, at);
  return from(entries, (entry) => entry.at > back);
}

/**
 * The entries that lie in the window that ends at `at`. Windows are half-open: (at - over, at] (T0); a calendar month
 * begins with its first instant.
 *
 * @param entries in E4's order
 * @param zone of the subject, in which its months begin
 */
export function inWindow<E extends { at: Instant }>(
  trait: ComputedTrait,
  entries: readonly E[],
  at: Instant,
  zone: string,
): readonly E[] {
  const { overMs } = trait;
  const unit = calendarUnitOf(trait);
  if (overMs !== undefined) return from(entries, (entry) => entry.at > at - overMs);
  if (unit === undefined) return entries;
  const { start } = calendarWindow(unit, at, zone);
  return from(entries, (entry) => entry.at >= start);
}

/** When the next of the entries leaves the window; undefined where nothing does by time alone. */
export function nextLeaveAt(
  trait: ComputedTrait,
  entries: readonly { at: Instant }[],
  at: Instant,
  zone: string,
): Instant | undefined {
  const unit = calendarUnitOf(trait);
  if (trait.overMs === undefined && unit === undefined) return undefined;
  const next = inWindow(trait, entries, at, zone)[0];
  if (!next) return undefined;
  return unit === undefined ? next.at + trait.overMs! : calendarWindow(unit, at, zone).end;
}

/** Entries are in order: all after the first that is in are in, too. */
function from<E>(entries: readonly E[], isIn: (entry: E) => boolean): readonly E[] {
  const first = entries.findIndex(isIn);
  return first < 0 ? [] : first === 0 ? entries : entries.slice(first);
}

/** The window of the calendar over which a trait reaches; undefined where it has none. */
export function calendarUnitOf({ overMonth, overCalendar }: ComputedTrait): CalendarUnit | undefined {
  return overMonth ? 'month' : overCalendar;
}
