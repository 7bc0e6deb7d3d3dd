/** Windows that the calendar gives: a local day, a week from Monday on, a month (T2, T14, P2). */
import type { CalendarUnit, Instant } from '../../model.ts';
import { DAY_MS } from '../duration.ts';
import { instantOfLocal, instantOfLocalAfter, localDay, weekdayOfDay } from '../zones.ts';

/** No window of the unit is longer, whatever the clocks do. */
export const LONGEST_WINDOW_MS: { readonly [unit in CalendarUnit]: number } = {
  day: 3 * DAY_MS,
  week: 9 * DAY_MS,
  month: 33 * DAY_MS,
};

/** `calendar week` → `week`; undefined for what is no such window. */
export function calendarUnitIn(written: unknown): CalendarUnit | undefined {
  const match = typeof written === 'string' ? /^calendar +(day|week|month)$/.exec(written.trim()) : null;
  return match === null ? undefined : (match[1] as CalendarUnit);
}

/** The window of an instant on the zone's clocks: [start, end). */
export function calendarWindow(unit: CalendarUnit, at: Instant, zone: string): { start: Instant; end: Instant } {
  const day = localDay(at, zone);
  const [first, next] = daysOf(unit, day);
  // Clocks that were put back over midnight show the old day once more: it ends again.
  const end = instantOfLocalAfter(next * DAY_MS, zone, at) ?? instantOfLocal(next * DAY_MS, zone);
  return { start: instantOfLocal(first * DAY_MS, zone), end };
}

function daysOf(unit: CalendarUnit, day: number): [first: number, next: number] {
  if (unit === 'day') return [day, day + 1];
  if (unit === 'week') {
    const monday = day - weekdayOfDay(day);
    return [monday, monday + 7];
  }
  const date = new Date(day * DAY_MS);
  const first = day - date.getUTCDate() + 1;
  return [first, first + new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()];
}
