/** Calendars minute by minute (L1): no intervals, no arithmetic, only whether a minute is open. */
import { remember } from './remember.ts';
import type { File } from './rule.ts';
import { dateAfter, instantOf, localOf } from './zones.ts';

const MINUTE_MS = 60_000;

export interface OpenHours {
  name: string;
  zone: string;
  /** Monday first; minutes after local midnight, the end not included. */
  week: [number, number][][];
  except: { [date: string]: [number, number][] };
}

const usual: [number, number][] = [
  [8 * 60, 11 * 60],
  [12 * 60, 17 * 60],
];

/** Open from eight to five with an hour's break, a short Friday, a Saturday night over the change of clocks, holidays. */
export const OFFICE: OpenHours = {
  name: 'office',
  zone: 'Europe/Berlin',
  week: [usual, usual, usual, usual, [[9 * 60, 13 * 60]], [], [[60, 240]]],
  except: { '2026-03-03': [], '2026-03-30': [[10 * 60, 14 * 60]], '2026-10-26': [] },
};

export const OFFICE_FILE: File = {
  path: 'calendars/office.yaml',
  text: JSON.stringify({
    calendar: 'office',
    time_zone: 'Europe/Berlin',
    hours: { 'mon-thu': ['08:00-11:00', '12:00-17:00'], fri: ['09:00-13:00'], sun: ['01:00-04:00'] },
    except: { '2026-03-03': 'closed', '2026-03-30': ['10:00-14:00'], '2026-10-26': 'closed' },
  }),
};

const minutes = new Map<string, boolean>();
const lengths = new Map<string, number>();

/** Whether the calendar is open during the minute that begins at `at` (a whole minute). */
export function isOpen(hours: OpenHours, at: number): boolean {
  return remember(minutes, `${hours.name} ${at}`, () => {
    const { date, minute, weekday } = localOf(at, hours.zone);
    return (hours.except[date] ?? hours.week[weekday]!).some(([from, to]) => minute >= from && minute < to);
  });
}

/** Open minutes of the local day on which `at` lies: counted, since a change of the clocks may take or give some. */
export function openMinutesOfDay(hours: OpenHours, at: number): number {
  const { date } = localOf(at, hours.zone);
  return remember(lengths, `${hours.name} ${date}`, () => {
    const midnight = instantOf(date, 0, hours.zone);
    const end = instantOf(dateAfter(date, 1), 0, hours.zone);
    let count = 0;
    for (let minute = midnight; minute < end; minute += MINUTE_MS) if (isOpen(hours, minute)) count++;
    return count;
  });
}

/** Where so much open time after `from` runs out (L4: at the end of an open interval, that end). */
export function endOfBusinessHours(hours: OpenHours, from: number, ms: number): number {
  let left = ms;
  let at = from;
  // Two months: no calendar here is closed for as long.
  for (let turn = 0; turn < 90_000; turn++) {
    const next = Math.floor(at / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    if (isOpen(hours, next - MINUTE_MS)) {
      if (left <= next - at) return at + left;
      left -= next - at;
    }
    at = next;
  }
  throw new Error(`${hours.name} does not open for ${ms} ms after ${new Date(from).toISOString()}`);
}
