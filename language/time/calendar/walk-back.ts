/**
 * Walking a calendar back: the instant from which on an amount of open time is left (L3). Where that is an opening it is
 * the closing before it, at which no more is left (L4).
 */
import type { Calendar, Instant } from '../../model.ts';
import { MAX_DAYS } from '../duration.ts';
import { dayAt, openDay, openMsWithin, passOpenMsBack } from './open-days.ts';
import { type Fraction, thousandths } from './walk.ts';

/** The instant from which on `ms` of open time are left up to `to`; undefined where ten years have not as much. */
export function openMsBefore(calendar: Calendar, to: Instant, ms: number): Instant | undefined {
  let left = ms;
  const last = dayAt(calendar, to) + 1;
  for (let day = last; day >= last - MAX_DAYS; day--) {
    const open = openDay(calendar, day);
    const at = passOpenMsBack(open, to, left);
    if (at !== undefined) return at;
    left -= openMsWithin(open, -Infinity, to);
  }
  return undefined;
}

/**
 * The instant from which on `days` business days (up to three decimals) are left up to `to`, each a share of its own day's
 * open hours, rounded up to the millisecond. Undefined where ten years have not as many.
 */
export function businessDaysBefore(calendar: Calendar, to: Instant, days: number): Instant | undefined {
  let left: Fraction = { over: thousandths(days), under: 1000n };
  const last = dayAt(calendar, to) + 1;
  for (let day = last; day >= last - MAX_DAYS; day--) {
    const open = openDay(calendar, day);
    const here = openMsWithin(open, -Infinity, to);
    if (here === 0) continue;
    // What is left is rounded down, so that the instant is rounded up.
    const ms = (left.over * BigInt(open.openMs)) / left.under;
    const at = ms < BigInt(here) ? passOpenMsBack(open, to, Number(ms)) : undefined;
    if (at !== undefined) return at;
    left = {
      over: left.over * BigInt(open.openMs) - BigInt(here) * left.under,
      under: left.under * BigInt(open.openMs),
    };
  }
  return undefined;
}
