/**
 * Wall clocks and instants. A zone's offset changes at its transitions and nowhere else, so each zone keeps the segments
 * between transitions that were asked for; what follows is arithmetic. A time in a gap moves forward to the first valid
 * instant, a repeated one is the first (section 4).
 *
 * Dates are `YYYY-MM-DD`, times `HH:MM`, days are numbered from 1970-01-01. Every function that takes a zone expects one
 * for which `isZone` holds, and throws a RangeError for another.
 */
import { Temporal } from 'temporal-polyfill';
import type { Instant } from '../model.ts';
import { DAY_MS, type Fault, HOUR_MS, kindOf, MINUTE_MS } from './duration.ts';
import { isoInstant, utcDateMs } from './instants.ts';

export { zoneOfCountry } from './countries.ts';
export { isoInstant, parseInstant } from './instants.ts';

/** The offset that holds in [from, to). */
interface Segment {
  from: Instant;
  to: Instant;
  offsetMs: number;
}
interface Zone {
  name: string;
  /** Sorted, without overlap; with holes where nothing was asked. */
  segments: Segment[];
  last: Segment;
}

/** More than there are names of zones; what lies beyond is a caller that makes names up. */
const MAX_ZONES = 700;
/** Two transitions a year for longer than anybody's history. */
const MAX_SEGMENTS = 512;
/** No zone has ever been further from UTC. */
const FURTHEST_OFFSET_MS = 16 * HOUR_MS;
/** Within the 32 hours around a wall-clock time; no zone has ever had more than two. */
const MAX_TRANSITIONS = 8;

const zones = new Map<string, Zone>();
const known = new Map<string, boolean>();

/** True for a name of the IANA time zone database, as `Europe/Berlin` or `UTC`. */
export function isZone(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  if (known.size >= MAX_ZONES) known.clear();
  const answer = /^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(name) && hasFormat(name);
  known.set(name, answer);
  return answer;
}

/** The runtime's list answers for nearly every name at a tenth of what the first formatter costs; it lacks aliases. */
let listed: ReadonlySet<string> | undefined;

function hasFormat(name: string): boolean {
  listed ??= new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]);
  if (listed.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Milliseconds by which the zone's clocks are ahead of UTC at an instant. */
export function offsetMsAt(at: Instant, zone: string): number {
  return segmentAt(zoneOf(zone), at).offsetMs;
}

/** The number of the local day, from 1970-01-01. */
export function localDay(at: Instant, zone: string): number {
  return Math.floor((at + offsetMsAt(at, zone)) / DAY_MS);
}

/** `YYYY-MM-DD` on the zone's clocks. */
export function localDate(at: Instant, zone: string): string {
  return dateOfDay(localDay(at, zone));
}

/** Minutes after local midnight, as the zone's clocks show them, without seconds. */
export function localMinute(at: Instant, zone: string): number {
  const local = at + offsetMsAt(at, zone);
  return Math.floor((local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS);
}

/** The first instant of a date. */
export function startOfDay(date: string, zone: string): Instant {
  return instantOfLocal(dayOfDate(date) * DAY_MS, zone);
}

/** The instant at which the zone's clocks show a date and a time. */
export function instantAt(date: string, time: string, zone: string): Instant {
  return instantOfLocal(dayOfDate(date) * DAY_MS + minuteOfTime(time) * MINUTE_MS, zone);
}

/** The first instant at which the zone's clocks show what a clock on UTC shows at `localMs`, or leap over it. */
export function instantOfLocal(localMs: number, zone: string): Instant {
  const name = zoneOf(zone);
  let segment = segmentAt(name, localMs - FURTHEST_OFFSET_MS);
  for (let turn = 0; turn < MAX_TRANSITIONS; turn++) {
    const at = localMs - segment.offsetMs;
    if (at < segment.from) return segment.from;
    if (at < segment.to) return at;
    segment = segmentAt(name, segment.to);
  }
  throw new RangeError(`${zone} changes its clocks more than ${MAX_TRANSITIONS} times around ${isoInstant(localMs)}`);
}

/**
 * The first instant after `after` at which the zone's clocks show what a clock on UTC shows at `localMs`, or leap over it:
 * the first of all where that is later, else, where clocks were put back over it in the meantime, its repetition.
 * Undefined where it does not come again.
 */
export function instantOfLocalAfter(localMs: number, zone: string, after: Instant): Instant | undefined {
  const first = instantOfLocal(localMs, zone);
  if (first > after) return first;
  const name = zoneOf(zone);
  let segment = segmentAt(name, after);
  while (segment.from <= first + 2 * FURTHEST_OFFSET_MS) {
    const at = localMs - segment.offsetMs;
    if (at > after && at >= segment.from && at < segment.to) return at;
    if (segment.to === Infinity) return undefined;
    segment = segmentAt(name, segment.to);
  }
  return undefined;
}

/** The first instant after `after` at which a local day begins that is later than the day then: a new day's start. */
export function nextDayStart(after: Instant, zone: string, days = 1): Instant {
  const day = localDay(after, zone) + days;
  return instantOfLocalAfter(day * DAY_MS, zone, after) ?? startOfDay(dateOfDay(day + 1), zone);
}

/** The instant after `at` at which the zone's clocks are put forward or back next; Infinity where they never are again. */
export function nextClockChange(at: Instant, zone: string): Instant {
  return segmentAt(zoneOf(zone), at).to;
}

/** The date `days` calendar days later (earlier when negative). */
export function addDays(date: string, days: number): string {
  return dateOfDay(dayOfDate(date) + days);
}

/** 0 is Monday, 6 is Sunday. */
export function weekday(date: string): number {
  return weekdayOfDay(dayOfDate(date));
}

/** 0 is Monday, 6 is Sunday. 1970-01-01 was a Thursday. */
export function weekdayOfDay(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Days of 400 years, after which the calendar repeats itself. */
const ERA_DAYS = 146_097;
/** From the first of March of the year 0 to 1970-01-01. */
const EPOCH_DAY = 719_468;

/** By arithmetic, on years that begin in March: sums over days ask for dates far more often than anything else does. */
export function dateOfDay(day: number): string {
  const shifted = day + EPOCH_DAY;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const leaps = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const year = era * 400 + yearOfEra + (month < 10 ? 0 : 1);
  // Years of more or fewer than four digits have a sign.
  if (!(year >= 1_000 && year <= 9_999)) {
    const text = new Date(day * DAY_MS).toISOString();
    return text.slice(0, text.indexOf('T'));
  }
  return `${year}-${twoDigits(month < 10 ? month + 3 : month - 9)}-${twoDigits(dayOfMonth)}`;
}

function twoDigits(n: number): string {
  return n < 10 ? `0${n}` : `${n}`;
}

/** The day's number of a date for which `isDate` holds. */
export function dayOfDate(date: string): number {
  if (date.length !== 10) return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
  const month = digits(date, 5, 7);
  const year = digits(date, 0, 4) - (month > 2 ? 0 : 1);
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + digits(date, 8, 10) - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * ERA_DAYS + dayOfEra - EPOCH_DAY;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}

/** True for `YYYY-MM-DD` of a day that there is. */
export function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return match !== null && utcDateMs(Number(match[1]), Number(match[2]), Number(match[3])) !== undefined;
}

/** Minutes after midnight of `HH:MM`. */
export function minuteOfTime(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** A time of day, `00:00` to `23:59`. */
export function parseTime(value: unknown): { time: string } | Fault {
  const hint = 'write hours and minutes, as "09:00" or "17:30"';
  if (typeof value !== 'string') return { error: `a time of day is a text, not ${kindOf(value)}`, hint };
  const text = value.trim();
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return { time: text };
  const short = /^(\d):([0-5]\d)$/.exec(text);
  return { error: `"${text}" is not a time of day`, hint: short === null ? hint : `write "0${text}"` };
}

function zoneOf(name: string): Zone {
  const found = zones.get(name);
  if (found !== undefined) return found;
  if (zones.size >= MAX_ZONES) zones.clear();
  const segment = readSegment(name, 0);
  const zone = { name, segments: [segment], last: segment };
  zones.set(name, zone);
  return zone;
}

function segmentAt(zone: Zone, at: Instant): Segment {
  const last = zone.last;
  if (at >= last.from && at < last.to) return last;
  let low = 0;
  let high = zone.segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (zone.segments[middle]!.to <= at) low = middle + 1;
    else high = middle;
  }
  const next = zone.segments[low];
  if (next !== undefined && next.from <= at) return (zone.last = next);
  const segment = readSegment(zone.name, at);
  if (zone.segments.length >= MAX_SEGMENTS) zone.segments = [segment];
  else zone.segments.splice(low, 0, segment);
  return (zone.last = segment);
}

function readSegment(name: string, at: Instant): Segment {
  const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(name);
  // `previous` looks strictly before, so it is asked a moment later: a transition at `at` itself has happened.
  const from = there.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const to = there.getTimeZoneTransition('next');
  return {
    from: from?.epochMilliseconds ?? -Infinity,
    to: to?.epochMilliseconds ?? Infinity,
    offsetMs: there.offsetNanoseconds / 1e6,
  };
}
