/** Lengths of time that expressions add to dates and instants (T0): exact ones, calendar days, business days. */
import type { Calendar } from '../../model.ts';
import { businessDayFrom } from '../../time/calendar/open-days.ts';
import { DAY_MS, MAX_DAYS } from '../../time/duration.ts';
import { isoInstant } from '../../time/instants.ts';
import { readDate } from '../../time/read-date.ts';
import { dateOfDay, instantOfLocal, offsetMsAt } from '../../time/zones.ts';

/** Only ever one side of `+` or `-`: no value of an expression, of a trait, or of a text. */
export class Length {
  readonly unit: 'ms' | 'days' | 'business-days';
  readonly count: number;

  constructor(unit: Length['unit'], count: number) {
    this.unit = unit;
    this.count = count;
  }
}

/** The functions that give a length; where one stands after `+` or `-`, a date or an instant stands before it. */
export const LENGTH_FUNCTIONS: ReadonlySet<string> = new Set(['duration', 'days', 'business_days']);

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Whole days within the bound of section 4, of either sign. */
export function isCountOfDays(count: number): boolean {
  return Number.isInteger(count) && Math.abs(count) <= MAX_DAYS;
}

/**
 * The date or instant that lies a length after `value` (before it for `sign` -1). A date stays a date while whole days
 * are added; an instant that days are added to keeps the time that its clocks show: the zone's for calendar days, the
 * calendar's for business days.
 * @returns undefined for what is no date, beyond the years 0 to 9999, and where the calendar has no such day in ten years
 */
export function moved(
  value: unknown,
  { unit, count }: Length,
  sign: 1 | -1,
  { zone, calendar }: { zone: string; calendar: Calendar | undefined },
): string | undefined {
  const read = readDate(value);
  if (read === undefined) return undefined;
  const by = sign * count;
  if (unit === 'ms') {
    if ('at' in read) return shown(read.at + by);
    if (!read.dateOnly || by % DAY_MS !== 0) return shown(instantOfLocal(read.localMs, zone) + by);
    return dateShown(read.localMs + by);
  }
  if (unit === 'business-days' && calendar === undefined) return undefined;
  const clocks = unit === 'days' ? zone : calendar!.timeZone;
  const localMs = 'at' in read ? read.at + offsetMsAt(read.at, clocks) : read.localMs;
  const day = Math.floor(localMs / DAY_MS);
  const to = unit === 'days' ? day + by : businessDayFrom(calendar!, day, by);
  if (to === undefined) return undefined;
  if (!('at' in read) && read.dateOnly) return dateShown(to * DAY_MS);
  return to === day && 'at' in read ? isoInstant(read.at) : shown(localMs + (to - day) * DAY_MS, clocks);
}

function dateShown(localMs: number): string | undefined {
  return localMs >= FIRST_MS && localMs <= LAST_MS ? dateOfDay(localMs / DAY_MS) : undefined;
}

/** @param clocks the zone on whose clocks `ms` is; without one it is an instant */
function shown(ms: number, clocks?: string): string | undefined {
  if (ms < FIRST_MS + DAY_MS || ms > LAST_MS - DAY_MS) return undefined;
  return isoInstant(clocks === undefined ? ms : instantOfLocal(ms, clocks));
}
