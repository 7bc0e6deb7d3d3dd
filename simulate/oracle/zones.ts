/** Local dates and days of a zone, by asking the platform's formatter and by searching: slow, plain, and our own. */

import { remember } from './remember.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Every zone's clocks change on a quarter of an hour. */
const STEP_MS = 15 * MINUTE_MS;

interface Local {
  date: string;
  /** Since local midnight. */
  minute: number;
  /** Monday is 0. */
  weekday: number;
}

const formatters = new Map<string, Intl.DateTimeFormat>();
const known = new Map<string, Local>();

/** The local date and time of day at an instant; seconds and less are dropped. */
export function localOf(at: number, zone: string): Local {
  const quarter = Math.floor(at / STEP_MS) * STEP_MS;
  const local = remember(known, `${zone} ${quarter}`, () => format(quarter, zone));
  return { ...local, minute: local.minute + Math.floor((at - quarter) / MINUTE_MS) };
}

function format(at: number, zone: string): Local {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  const parts = Object.fromEntries(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  const date = `${parts.year}-${parts.month}-${parts.day}`;
  const weekday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return { date, minute: Number(parts.hour) * 60 + Number(parts.minute), weekday };
}

/** `2026-03-02` and 1 → `2026-03-03`. */
export function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

const instants = new Map<string, number>();

/**
 * The first instant at which the local clock shows that date and time of day, or, where it is skipped, the first instant
 * behind the gap. Found by looking at every quarter of an hour around it.
 */
export function instantOf(date: string, minute: number, zone: string): number {
  return remember(instants, `${zone} ${date} ${minute}`, () => search(date, minute, zone));
}

function search(date: string, minute: number, zone: string): number {
  const around = Date.parse(`${date}T00:00:00Z`) + minute * MINUTE_MS;
  const wanted = minute - (minute % 15);
  for (let at = around - (minute % 15) * MINUTE_MS - DAY_MS; at <= around + DAY_MS; at += STEP_MS) {
    const local = localOf(at, zone);
    if (local.date > date || (local.date === date && local.minute > wanted)) return at;
    if (local.date === date && local.minute === wanted) return at + (minute % 15) * MINUTE_MS;
  }
  throw new Error(`${date} ${minute} min is nowhere in ${zone}`);
}
