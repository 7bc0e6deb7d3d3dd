/** Walking a calendar forward: the instant at which an amount of open time has passed (L1, L4). */

import type { Calendar, Instant, Moment, Span } from '../../model.ts';
import { describeSpan, HOUR_MS, MAX_DAYS } from '../duration.ts';
import { isoInstant } from '../instants.ts';
import { EMPTY_MEASURE, type Measure, measureMs } from './measure.ts';
import { dayAt, openDay, openMsWithin, passOpenMs } from './open-days.ts';

/** A length of time that leads nowhere: no calendar to count it by, or one that is not open long enough in ten years. */
export class TimeError extends Error {
  override name = 'TimeError';
}

/**
 * The instant at which `ms` of open time after `from` have passed: `from` itself for none, the end of an interval for
 * time that runs out there. Undefined when the calendar is not open for that long within ten years.
 */
export function addOpenMs(calendar: Calendar, from: Instant, ms: number): Instant | undefined {
  let left = ms;
  if (left <= 0) return from;
  const first = dayAt(calendar, from);
  for (let day = first; day <= first + MAX_DAYS; day++) {
    const open = openDay(calendar, day);
    if (open.openMs === 0 || open.ends.at(-1)! <= from) continue;
    const at = passOpenMs(open, from, left);
    if (at !== undefined) return at;
    left -= openMsWithin(open, from, Infinity);
  }
  return undefined;
}

/**
 * The instant at which `days` business days (up to three decimals) after `from` have passed, each a share of its own
 * day's open hours, rounded up to the millisecond. Undefined when that is not within ten years.
 */
export function addBusinessDays(calendar: Calendar, from: Instant, days: number): Instant | undefined {
  return addDayShares(calendar, from, { over: thousandths(days), under: 1000n });
}

/** Exact, since shares of different days have no common decimal form. `under` is positive. */
export interface Fraction {
  over: bigint;
  under: bigint;
}

export function thousandths(value: number): bigint {
  return BigInt(Math.round(value * 1000));
}

function addDayShares(calendar: Calendar, from: Instant, days: Fraction): Instant | undefined {
  let { over, under } = days;
  if (over <= 0n) return from;
  const first = dayAt(calendar, from);
  for (let day = first; day <= first + MAX_DAYS; day++) {
    const open = openDay(calendar, day);
    const leftMs = openMsWithin(open, from, Infinity);
    if (leftMs === 0) continue;
    const whole = BigInt(open.openMs);
    const here = BigInt(leftMs);
    if (over * whole <= here * under) return passOpenMs(open, from, Number(ceilDivide(over * whole, under)));
    if (leftMs === open.openMs) {
      over -= under;
    } else {
      over = over * whole - here * under;
      under *= whole;
    }
  }
  return undefined;
}

function ceilDivide(over: bigint, under: bigint): bigint {
  return (over + under - 1n) / under;
}

/**
 * When `percent` (default: 100) of a span has passed, of which `passed` (default: nothing) had passed before `from`,
 * which is returned when that is enough. A fractional instant is rounded up. Undefined when the calendar does not get there within ten years.
 */
export function dueFrom(
  from: Instant,
  { span, percent = 100, passed = EMPTY_MEASURE }: { span: Span; percent?: number; passed?: Measure },
  calendar: Calendar | undefined,
): Instant | undefined {
  if (span.kind === 'exact') return from + Math.max(0, shareMs(span.ms, percent) - passed.exactMs);
  if (calendar === undefined)
    throw new TimeError(`${describeSpan(span)} cannot be counted without a calendar: name one in the settings`);
  if (span.kind === 'business-hours') {
    const wholeMs = Math.round(span.hours * HOUR_MS);
    return addOpenMs(calendar, from, shareMs(wholeMs, percent) - measureMs(passed, span.kind));
  }
  let left: Fraction = { over: thousandths(span.days) * thousandths(percent), under: 1000n * 100_000n };
  for (const length in passed.open) left = minusShare(left, BigInt(passed.open[length]!), BigInt(length));
  return addDayShares(calendar, from, left);
}

function minusShare(left: Fraction, over: bigint, under: bigint): Fraction {
  return { over: left.over * under - over * left.under, under: left.under * under };
}

/** A share of so many milliseconds, rounded up. In integers: 33.3 % of a number is seldom a float. */
function shareMs(ms: number, percent: number): number {
  return percent === 100 ? ms : Number(ceilDivide(BigInt(ms) * thousandths(percent), 100_000n));
}

/**
 * The instant that lies a span after `from`. Outside of open hours business time begins with the next opening.
 * @throws TimeError for business time without a calendar, or when the calendar does not open for so long in ten years.
 */
export function addSpan(span: Span, from: Instant, calendar?: Calendar): Instant {
  const at = dueFrom(from, { span }, calendar);
  if (at === undefined) throw neverOpen(describeSpan(span), from, calendar);
  return at;
}

/** What is said when a walk through a calendar found no end. */
export function neverOpen(what: string, from: Instant, calendar: Calendar | undefined): TimeError {
  return new TimeError(
    `calendar ${calendar?.name} has no ${what} within ten years of ${isoInstant(from)}: give it more open hours`,
  );
}

/** True when a length of time or a moment cannot be resolved without a calendar. */
export function needsCalendar(moment: Moment | Span): boolean {
  switch (moment.kind) {
    case 'business-hours':
    case 'business-days':
    case 'end-of-business-day':
    case 'open':
      return true;
    case 'next-time':
      return moment.days === 'business';
    case 'date':
      return moment.offsetBusinessDays !== undefined;
    case 'days-at':
      return moment.of === 'business';
    case 'table':
      return moment.rows.some((row) => needsCalendar(row.span)) || (!!moment.default && needsCalendar(moment.default));
    case 'since-enrolment':
      return needsCalendar(moment.span);
    default:
      return false;
  }
}
