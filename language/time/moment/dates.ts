/** Instants before, at and after a date that a record has (T8, S2), once or whenever the date comes back. */
import type { Calendar, DateShift, Instant, Json, Recurrence } from '../../model.ts';
import { businessDayFrom } from '../calendar/open-days.ts';
import { DAY_MS } from '../duration.ts';
import { readDate } from '../read-date.ts';
import { dateOfDay, instantOfLocal, minuteOfTime, offsetMsAt } from '../zones.ts';

/** What a date is read by. */
export interface DateClocks {
  /** The subject's zone, else the playbook's. */
  zone: string;
  /** In which business days are counted. */
  calendar?: Calendar;
}

/** A date that came back. */
export interface Occurrence {
  at: Instant;
  /** `YYYY-MM-DD` in the zone; the offset is not in it. */
  date: string;
  /** How often it has come back: 0 for the date itself. */
  count: number;
}

type Shift = DateShift & { time?: string };

/** Of a date that comes back, from a guess on: more than may be excepted, and how far the guess may be too late. */
const MAX_LOOKS = 400;
const SAFE_LOOKS = 6;
/** A month as long as 400 years of them are on average. */
const MONTH_MS = (146_097 / 4_800) * DAY_MS;

/**
 * A date with an offset, at a time of day when there is one. Days count on the calendar, from the local date; an instant
 * without a time of day keeps its own. Undefined when the value is neither a date (`2026-06-30`) nor an instant
 * (`2026-06-30T10:00:00Z`; without a zone it is local), and where the calendar has no such business day in ten years.
 */
export function resolveDate(value: Json, shift: Shift, clocks: DateClocks): Instant | undefined {
  const local = localOf(value, clocks.zone);
  return local && shifted(local, shift, clocks);
}

/**
 * The first time that a date comes back, itself included, at or after an instant, of those that are not excepted.
 * @returns undefined for what is no date
 */
export function nextOccurrence(
  value: Json,
  shift: Shift & { every: Recurrence },
  clocks: DateClocks,
  { from, except = [] }: { from: Instant; except?: readonly string[] },
): Occurrence | undefined {
  const local = localOf(value, clocks.zone);
  const first = local && shifted(local, shift, clocks);
  if (first === undefined) return undefined;
  const { every } = shift;
  const day = Math.floor(local!.localMs / DAY_MS);
  const stepMs = 'months' in every ? every.months * MONTH_MS : every.days * DAY_MS;
  const guess = Math.max(0, Math.floor((from - first) / stepMs) - SAFE_LOOKS);
  for (let count = guess; count < guess + MAX_LOOKS; count++) {
    const to = 'months' in every ? monthsLater(day, count * every.months) : day + count * every.days;
    const occurs = to === day ? local! : { localMs: local!.localMs + (to - day) * DAY_MS };
    const at = shifted(occurs, shift, clocks);
    if (at === undefined) return undefined;
    const date = dateOfDay(to);
    if (at >= from && !except.includes(date)) return { at, date, count };
  }
  return undefined;
}

/** The same day so many months later, the last of the month where it has none of that number. */
export function monthsLater(day: number, months: number): number {
  const from = new Date(day * DAY_MS);
  // Not Date.UTC, which takes a year below 100 for one of the last century.
  const firstOf = (more: number) =>
    new Date(0).setUTCFullYear(from.getUTCFullYear(), from.getUTCMonth() + months + more, 1) / DAY_MS;
  return Math.min(firstOf(0) + from.getUTCDate(), firstOf(1)) - 1;
}

interface Local {
  localMs: number;
  /** Where the value is an instant, and has not been moved by days. */
  at?: Instant;
}

function shifted(local: Local, shift: Shift, { zone, calendar }: DateClocks): Instant | undefined {
  const { offsetDays, offsetMs, offsetMonths = 0, offsetBusinessDays = 0, time } = shift;
  const day = Math.floor(local.localMs / DAY_MS);
  let to: number | undefined = monthsLater(day, offsetMonths) + offsetDays;
  if (offsetBusinessDays !== 0) to = calendar && businessDayFrom(calendar, to, offsetBusinessDays);
  if (to === undefined) return undefined;
  if (time !== undefined) return instantOfLocal(to * DAY_MS + minuteOfTime(time) * 60_000, zone) + offsetMs;
  // Without a shift of days an instant stays exactly itself, also in an hour that comes twice.
  if (local.at !== undefined && to === day) return local.at + offsetMs;
  return instantOfLocal(local.localMs + (to - day) * DAY_MS, zone) + offsetMs;
}

function localOf(value: Json, zone: string): Local | undefined {
  const read = readDate(value);
  return read !== undefined && 'at' in read ? { localMs: read.at + offsetMsAt(read.at, zone), at: read.at } : read;
}
