/**
 * How much time has passed, kept so that it can still be read in any unit: exact milliseconds, and open milliseconds by
 * the open length of the day on which they fell. The second is what makes business days exact: six hours of an eight-hour
 * day and six of a six-hour Friday are different shares, and sums of them stay small however many spans they come from.
 */
import type { Calendar, Instant, Span } from '../../model.ts';
import { dayAt, openDay, openMsWithin } from './open-days.ts';

/** Open milliseconds of a day (as text) → open milliseconds that passed on days of that length. */
export type OpenTime = { [openMsOfDay: string]: number };

export interface Measure {
  exactMs: number;
  open: OpenTime;
}

export const EMPTY_MEASURE: Measure = { exactMs: 0, open: {} };

/** A century: what began earlier comes from a wrong clock, and must not cost a million rounds. */
const FURTHEST_BACK_DAYS = 36_525;

/** Business days between two instants, as shares of each day's open hours (L1). Nothing when `to` is not after `from`. */
export function businessDaysBetween(calendar: Calendar, from: Instant, to: Instant): OpenTime {
  const open: OpenTime = {};
  if (to <= from) return open;
  // One day more than the last: where clocks fall back over midnight, a date begins before the one before has ended.
  const last = dayAt(calendar, to) + 1;
  for (let day = Math.max(dayAt(calendar, from), last - FURTHEST_BACK_DAYS); day <= last; day++) {
    const there = openDay(calendar, day);
    if (there.openMs === 0) continue;
    const ms = openMsWithin(there, from, to);
    if (ms > 0) open[there.openMs] = (open[there.openMs] ?? 0) + ms;
  }
  return open;
}

/** Milliseconds of [from, to) during which the calendar is open. */
export function openMsBetween(calendar: Calendar, from: Instant, to: Instant): number {
  return openMs(businessDaysBetween(calendar, from, to));
}

function openMs(open: OpenTime): number {
  let sum = 0;
  for (const length in open) sum += open[length]!;
  return sum;
}

/** Business days as a number, for people: rounded as numbers are. */
export function daysOf(open: OpenTime): number {
  let days = 0;
  for (const length in open) days += open[length]! / Number(length);
  return days;
}

/** Everything that passed in [from, to). Without a calendar no time is open. */
export function measureBetween(from: Instant, to: Instant, calendar?: Calendar): Measure {
  return {
    exactMs: Math.max(0, to - from),
    open: calendar === undefined ? {} : businessDaysBetween(calendar, from, to),
  };
}

export function addMeasures(a: Measure, b: Measure): Measure {
  const open = { ...a.open };
  for (const length in b.open) open[length] = (open[length] ?? 0) + b.open[length]!;
  return { exactMs: a.exactMs + b.exactMs, open };
}

/** A measure in the unit of a span: exact milliseconds, or open ones for business hours and days. */
export function measureMs(measure: Measure, unit: Span['kind']): number {
  return unit === 'exact' ? measure.exactMs : openMs(measure.open);
}

/** Milliseconds that passed in [from, to), in the unit of a span. */
export function elapsedOf(unit: Span['kind'], from: Instant, to: Instant, calendar?: Calendar): number {
  return measureMs(measureBetween(from, to, unit === 'exact' ? undefined : calendar), unit);
}
