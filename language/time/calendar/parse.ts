/** A calendar file (L1) into a `Calendar`, or everything that is wrong with it at once. */

import { isJsonObject } from '../../json.ts';
import type { Calendar } from '../../model.ts';
import { type Fault, kindOf } from '../duration.ts';
import { isDate, isZone } from '../zones.ts';

export interface CalendarFault {
  /** Keys and indexes from the root of the file. */
  path: (string | number)[];
  message: string;
  hint?: string;
}

type Interval = [startMinute: number, endMinute: number];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const KEYS = ['calendar', 'time_zone', 'hours', 'except'];
const HOURS_HINT = 'write hours: { mon-thu: ["09:00-12:30", "13:30-18:00"], fri: ["09:00-15:00"] }';
/** A century of holidays. */
const MAX_EXCEPTIONS = 4_000;
const MAX_INTERVALS = 48;

/**
 * Reads `{calendar, time_zone, hours, except?}` as YAML gives it. A day that `hours` does not name is closed; an interval
 * may end at `24:00`.
 */
export function parseCalendar(value: unknown): { calendar: Calendar } | { errors: CalendarFault[] } {
  const errors: CalendarFault[] = [];
  if (!isJsonObject(value)) {
    return { errors: [{ path: [], message: `a calendar is a table, not ${kindOf(value)}`, hint: HOURS_HINT }] };
  }
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key)) {
      errors.push({ path: [key], message: `unknown key "${key}"`, hint: `a calendar has ${KEYS.join(', ')}` });
    }
  }
  const calendar: Calendar = {
    name: readName(value.calendar, errors),
    timeZone: readZone(value.time_zone, errors),
    week: readWeek(value.hours, errors),
    except: readExceptions(value.except, errors),
  };
  return errors.length > 0 ? { errors } : { calendar };
}

function readName(value: unknown, errors: CalendarFault[]): string {
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9_-]*$/i.test(value)) return value;
  const message = value === undefined ? 'the calendar has no name' : `${JSON.stringify(value)} is no name`;
  errors.push({ path: ['calendar'], message, hint: 'write calendar: support-eu, the name of the file' });
  return '';
}

function readZone(value: unknown, errors: CalendarFault[]): string {
  if (typeof value === 'string' && isZone(value)) return value;
  const message = value === undefined ? 'the calendar has no time zone' : `${JSON.stringify(value)} is no time zone`;
  errors.push({ path: ['time_zone'], message, hint: 'write a name such as Europe/Berlin or UTC' });
  return 'UTC';
}

function readWeek(value: unknown, errors: CalendarFault[]): Interval[][] {
  const week: Interval[][] = DAYS.map(() => []);
  if (!isJsonObject(value)) {
    const message = value === undefined ? 'the calendar has no hours' : `hours are a table, not ${kindOf(value)}`;
    errors.push({ path: ['hours'], message, hint: HOURS_HINT });
    return week;
  }
  const before = errors.length;
  const namedBy = new Map<number, string>();
  for (const [key, hours] of Object.entries(value)) {
    const days = readDays(key);
    if ('error' in days) {
      errors.push(fault(['hours', key], days));
      continue;
    }
    const intervals = readIntervals(hours, ['hours', key], errors);
    for (const day of days.days) {
      const other = namedBy.get(day);
      if (other !== undefined) {
        const message = `"${DAYS[day]}" stands in "${other}" and in "${key}"`;
        errors.push({ path: ['hours', key], message, hint: 'name each day once' });
      }
      namedBy.set(day, key);
      week[day] = intervals;
    }
  }
  if (errors.length === before && week.every((intervals) => intervals.length === 0)) {
    errors.push({ path: ['hours'], message: 'the calendar never opens', hint: HOURS_HINT });
  }
  return week;
}

/** `fri`, `mon-thu`; a range may go over the weekend: `sat-mon`. */
function readDays(key: string): { days: number[] } | Fault {
  const match = /^([a-z]+)(?:\s*-\s*([a-z]+))?$/i.exec(key.trim());
  const first = DAYS.indexOf(match?.[1] ?? '');
  const last = match?.[2] === undefined ? first : DAYS.indexOf(match[2]);
  if (first < 0 || last < 0) return { error: `"${key}" is no day`, hint: `days are ${DAYS.join(', ')}, or mon-fri` };
  const count = ((last - first + 7) % 7) + 1;
  return { days: Array.from({ length: count }, (_, i) => (first + i) % 7) };
}

function readExceptions(value: unknown, errors: CalendarFault[]): { [date: string]: Interval[] } {
  const except: { [date: string]: Interval[] } = {};
  if (value === undefined) return except;
  const hint = 'write except: { 2026-12-24: ["09:00-12:00"], 2026-12-25: closed }';
  if (!isJsonObject(value)) {
    errors.push({ path: ['except'], message: `exceptions are a table, not ${kindOf(value)}`, hint });
    return except;
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_EXCEPTIONS) {
    errors.push({ path: ['except'], message: `${entries.length} exceptions`, hint: `at most ${MAX_EXCEPTIONS}` });
    return except;
  }
  for (const [date, hours] of entries) {
    if (isDate(date)) except[date] = readIntervals(hours, ['except', date], errors);
    else errors.push({ path: ['except', date], message: `"${date}" is no date`, hint });
  }
  return except;
}

function readIntervals(value: unknown, path: CalendarFault['path'], errors: CalendarFault[]): Interval[] {
  if (value === 'closed') return [];
  if (!Array.isArray(value)) {
    const came = typeof value === 'string' ? `"${value}"` : kindOf(value);
    errors.push({ path, message: `hours are a list, not ${came}`, hint: 'write ["09:00-17:00"] or closed' });
    return [];
  }
  if (value.length > MAX_INTERVALS) {
    errors.push({ path, message: `${value.length} intervals in a day`, hint: `at most ${MAX_INTERVALS}` });
    return [];
  }
  const read: { interval: Interval; text: string; index: number }[] = [];
  value.forEach((text: unknown, index) => {
    const result = readInterval(text);
    if ('error' in result) errors.push(fault([...path, index], result));
    else read.push({ interval: result.interval, text: String(text), index });
  });
  read.sort((a, b) => a.interval[0] - b.interval[0]);
  for (let i = 1; i < read.length; i++) {
    const [earlier, later] = [read[i - 1]!, read[i]!];
    if (later.interval[0] >= earlier.interval[1]) continue;
    const message = `"${earlier.text}" and "${later.text}" overlap`;
    errors.push({ path: [...path, later.index], message, hint: 'let one end where the next begins' });
  }
  return read.map((entry) => entry.interval);
}

function readInterval(value: unknown): { interval: Interval } | Fault {
  const hint = 'write "09:00-17:00"';
  if (typeof value !== 'string') return { error: `an interval is a text, not ${kindOf(value)}`, hint };
  const match = /^\s*(\d\d):(\d\d)\s*[-–]\s*(\d\d):(\d\d)\s*$/.exec(value);
  const start = minuteOf(match?.[1], match?.[2]);
  const end = minuteOf(match?.[3], match?.[4]);
  if (start === undefined || end === undefined) return { error: `"${value}" is no interval of a day`, hint };
  if (start === end) return { error: `"${value}" is empty`, hint: 'a day that is not open is closed' };
  if (start > end) {
    const over = `"${value.slice(0, 5)}-24:00" on this day and "00:00-${value.trim().slice(-5)}" on the next`;
    return { error: `"${value}" ends before it begins`, hint: `over midnight it is two: ${over}` };
  }
  return { interval: [start, end] };
}

function minuteOf(hours: string | undefined, minutes: string | undefined): number | undefined {
  if (hours === undefined || minutes === undefined || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= 1440 ? minute : undefined;
}

function fault(path: CalendarFault['path'], { error, hint }: Fault): CalendarFault {
  return { path, message: error, ...(hint === undefined ? {} : { hint }) };
}
