/**
 * The open intervals of a calendar's days as instants. Intervals are wall-clock times of the calendar's zone, so a day on
 * which clocks change may be open for longer or shorter than its hours say; an interval that a gap swallows is gone.
 */

import type { Calendar, Instant } from '../../model.ts';
import { MAX_DAYS } from '../duration.ts';
import { dateOfDay, instantOfLocal, localDay, weekdayOfDay } from '../zones.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface OpenDay {
  /** Starts and ends of open intervals, ascending; interval i is [starts[i], ends[i]). */
  starts: Instant[];
  ends: Instant[];
  /** Their sum: what a business day of this date is. */
  openMs: number;
}

/** As many as the longest walk looks at, so that one walk does not drive out its own days. */
const MAX_CACHED_DAYS = 4_096;
const daysOfCalendars = new WeakMap<Calendar, Map<number, OpenDay>>();

/** The open intervals of a date, by the day's number. Kept per calendar object, which must not be changed. */
export function openDay(calendar: Calendar, day: number): OpenDay {
  let days = daysOfCalendars.get(calendar);
  if (days === undefined) daysOfCalendars.set(calendar, (days = new Map()));
  const found = days.get(day);
  if (found !== undefined) return found;
  if (days.size >= MAX_CACHED_DAYS) days.clear();
  const made = makeDay(calendar, day);
  days.set(day, made);
  return made;
}

/** What a date says, else what its day of the year says, else the weekday (L1). */
function intervalsOf({ except, yearly, week }: Calendar, day: number): readonly [number, number][] {
  const date = dateOfDay(day);
  return except[date] ?? yearly?.[date.slice(-5)] ?? week[weekdayOfDay(day)] ?? [];
}

function makeDay(calendar: Calendar, day: number): OpenDay {
  const intervals = intervalsOf(calendar, day);
  const open: OpenDay = { starts: [], ends: [], openMs: 0 };
  for (const [startMinute, endMinute] of intervals) {
    const start = instantOfLocal(day * DAY_MS + startMinute * MINUTE_MS, calendar.timeZone);
    const end = instantOfLocal(day * DAY_MS + endMinute * MINUTE_MS, calendar.timeZone);
    if (end <= start) continue;
    open.starts.push(start);
    open.ends.push(end);
    open.openMs += end - start;
  }
  return open;
}

/** The day's number of an instant in the calendar's zone. */
export function dayAt(calendar: Calendar, at: Instant): number {
  return localDay(at, calendar.timeZone);
}

/** Open milliseconds of a day that lie in [from, to). */
export function openMsWithin(open: OpenDay, from: Instant, to: Instant): number {
  let sum = 0;
  for (let i = 0; i < open.starts.length; i++) {
    const overlap = Math.min(open.ends[i]!, to) - Math.max(open.starts[i]!, from);
    if (overlap > 0) sum += overlap;
  }
  return sum;
}

/**
 * The instant at which `ms` (more than 0) of the day's open time after `from` have passed; undefined when the day has
 * less left. Time that runs out with an interval ends there, not at the next opening (L4).
 */
export function passOpenMs(open: OpenDay, from: Instant, ms: number): Instant | undefined {
  let left = ms;
  for (let i = 0; i < open.starts.length; i++) {
    const start = Math.max(open.starts[i]!, from);
    const length = open.ends[i]! - start;
    if (length <= 0) continue;
    if (left <= length) return start + left;
    left -= length;
  }
  return undefined;
}

/**
 * The instant from which on `ms` of the day's open time are left up to `to`; undefined when the day has not more than that,
 * since what is left at an opening was left at the closing before it, too (L4).
 */
export function passOpenMsBack(open: OpenDay, to: Instant, ms: number): Instant | undefined {
  let left = ms;
  for (let i = open.starts.length - 1; i >= 0; i--) {
    const end = Math.min(open.ends[i]!, to);
    const length = end - open.starts[i]!;
    if (length <= 0) continue;
    if (left < length) return end - left;
    left -= length;
  }
  return undefined;
}

/** True when the calendar is open at an instant: from an opening on, and no longer at the closing. */
export function isOpenAt(calendar: Calendar, at: Instant): boolean {
  const { starts, ends } = openDay(calendar, dayAt(calendar, at));
  return starts.some((start, i) => start <= at && at < ends[i]!);
}

/** The instant itself where the calendar is open, else its next opening; undefined where there is none within ten years. */
export function nextOpenAt(calendar: Calendar, from: Instant): Instant | undefined {
  const first = dayAt(calendar, from);
  for (let day = first; day <= first + MAX_DAYS; day++) {
    const { starts, ends } = openDay(calendar, day);
    const next = ends.findIndex((end) => end > from);
    if (next >= 0) return Math.max(starts[next]!, from);
  }
  return undefined;
}

/** True when the calendar is open at some time of the date. */
export function isBusinessDay(calendar: Calendar, day: number): boolean {
  return openDay(calendar, day).openMs > 0;
}

/** The number of the `count`-th business day after a day; undefined when there is none within ten years. */
export function businessDayAfter(calendar: Calendar, day: number, count: number): number | undefined {
  let left = count;
  for (let next = day + 1; next <= day + MAX_DAYS; next++) {
    if (isBusinessDay(calendar, next) && --left === 0) return next;
  }
  return undefined;
}

/** The `count`-th business day after a day, or before it for a negative count; the day itself for none. */
export function businessDayFrom(calendar: Calendar, day: number, count: number): number | undefined {
  if (count >= 0) return count === 0 ? day : businessDayAfter(calendar, day, count);
  let left = -count;
  for (let before = day - 1; before >= day - MAX_DAYS; before--) {
    if (isBusinessDay(calendar, before) && --left === 0) return before;
  }
  return undefined;
}

/** Minutes after local midnight at which a business day closes. */
export function endOfBusinessDay(calendar: Calendar, day: number): number | undefined {
  return intervalsOf(calendar, day).at(-1)?.[1];
}
