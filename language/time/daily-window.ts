/** Parts of the day (quiet hours, send windows) on the clocks of a zone. */
import type { DailyWindow, Instant } from '../model.ts';
import { DAY_MS, MINUTE_MS } from './duration.ts';
import { localMinute, nextClockChange, offsetMsAt } from './zones.ts';

/** Within a day; no zone has ever had more than two. */
const MAX_CLOCK_CHANGES = 8;

/** True where the zone's clocks show a time in the window: its start counts, its end does not. */
function isIn({ startMinute, endMinute }: DailyWindow, at: Instant, zone: string): boolean {
  return hasMinute({ startMinute, endMinute }, localMinute(at, zone));
}

function hasMinute({ startMinute, endMinute }: DailyWindow, minute: number): boolean {
  const reaches = minute >= startMinute || minute < endMinute;
  return startMinute > endMinute ? reaches : minute >= startMinute && minute < endMinute;
}

/** The rest of the day. */
export function outside({ startMinute, endMinute }: DailyWindow): DailyWindow {
  return { startMinute: endMinute, endMinute: startMinute };
}

/**
 * The end of the window that an instant lies in, always later than it: the first instant at which the zone's clocks show
 * a time outside of it. So a clock that is put back into the window makes it longer, and one that is put forward over its
 * end ends it. Undefined outside of it.
 */
export function endOfWindow(window: DailyWindow, at: Instant, zone: string): Instant | undefined {
  if (!isIn(window, at, zone)) return undefined;
  let from = at;
  for (let turn = 0; turn < MAX_CLOCK_CHANGES; turn++) {
    const leftMs = window.endMinute * MINUTE_MS - msOfDay(from, zone);
    const endAt = from + (leftMs > 0 ? leftMs : leftMs + DAY_MS);
    const changesAt = nextClockChange(from, zone);
    if (endAt < changesAt) return endAt;
    if (!isIn(window, changesAt, zone)) return changesAt;
    from = changesAt;
  }
  throw new RangeError(`${zone} changes its clocks more than ${MAX_CLOCK_CHANGES} times within a day`);
}

function msOfDay(at: Instant, zone: string): number {
  const local = at + offsetMsAt(at, zone);
  return local - Math.floor(local / DAY_MS) * DAY_MS;
}

/** True where some minute of the day is outside of the quiet hours and inside the send window. */
export function haveCommonMoment(quiet: DailyWindow, open: DailyWindow): boolean {
  return hasMinute(open, quiet.endMinute) || !hasMinute(quiet, open.startMinute);
}

/** As settings write it: `21:00-08:00`. */
export function windowText({ startMinute, endMinute }: DailyWindow): string {
  return `${clockText(startMinute)}-${clockText(endMinute)}`;
}

function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
