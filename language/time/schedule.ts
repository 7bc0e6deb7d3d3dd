/**
 * Calendar schedules (T11): the five fields of cron, or words, and the instants that they name in a zone. Only the fields
 * are read here; instants are `zones.ts`': a time in a gap of the clocks moves forward to the first valid instant, a
 * repeated one is the first (section 4), and times that so become one instant are one. What comes in every hour goes by
 * the hours that pass instead: one that is repeated counts twice, one that the clocks leap over not at all.
 */

import type { Instant } from '../model.ts';
import { isBusinessDay } from './calendar/open-days.ts';
import { DAY_MS, type Fault, HOUR_MS, kindOf, MINUTE_MS } from './duration.ts';
import { readCron } from './schedule/cron.ts';
import type { Schedule } from './schedule/fields.ts';
import { readWords, type ScheduleParts } from './schedule/words.ts';
import { instantOfLocal, localDay, nextClockChange, offsetMsAt, weekdayOfDay } from './zones.ts';

export type { Schedule } from './schedule/fields.ts';

/** A 29 February that must be a given weekday may be 40 years away. */
const MAX_DAYS = 41 * 366;
/** Days of each month, January first, in a leap year. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const HOURS_OF_A_DAY = 24;

const FORMS =
  'write monday at "09:00", weekdays at "09:00", day at "17:00", last friday of month at "17:00", every 2 weeks on monday at "09:00", or five fields as "0 9 * * MON"';

/**
 * Reads `"0 9 * * MON"`, `monday at "09:00"`, `weekdays at "09:00"`, `day at "17:00"`, `first day of month at "08:00"`,
 * `last friday of month at "17:00"`, `first business day of month at "09:00"`, `every 2 weeks on monday at "09:00"`.
 *
 * @returns the schedule; or what came, and what may be written: also where no day would ever fit
 */
export function parseSchedule(value: unknown, parts: ScheduleParts = {}): { schedule: Schedule } | Fault {
  if (typeof value !== 'string') return { error: `a schedule is a text, not ${kindOf(value)}`, hint: FORMS };
  const text = value.trim();
  if (text === '') return { error: 'the schedule is empty', hint: FORMS };
  const isCron = /^[\d*]\S*(?:\s+[\d*]|$)/.test(text) && !/\bat\b/.test(text);
  const read = isCron ? readCron(text) : readWords(text, FORMS, parts);
  if ('error' in read || comes(read.schedule)) return read;
  return {
    error: `"${text}" never comes: no month of it has such a day`,
    hint: 'write a day that a month has, as "0 9 28 2 *"',
  };
}

/**
 * The first instant of the schedule after an instant, both in milliseconds. `zone` is one for which `isZone` holds.
 * Undefined where there is none within 41 years.
 */
export function nextScheduled(schedule: Schedule, zone: string, after: Instant): Instant | undefined {
  if (schedule.hours.length === HOURS_OF_A_DAY) return nextInHours(schedule, zone, after);
  const first = localDay(after, zone);
  for (let day = first; day < first + MAX_DAYS; day++) {
    if (!fits(schedule, day)) continue;
    for (const hour of schedule.hours) {
      for (const minute of schedule.minutes) {
        const at = instantOfLocal(day * DAY_MS + (hour * 60 + minute) * MINUTE_MS, zone);
        if (at > after) return at;
      }
    }
  }
  return undefined;
}

/** The next of a schedule that comes in every hour: walked in real time, hour by hour of the days that fit. */
function nextInHours(schedule: Schedule, zone: string, after: Instant): Instant | undefined {
  let at = after + 1;
  while (at < after + MAX_DAYS * DAY_MS) {
    const offsetMs = offsetMsAt(at, zone);
    const change = nextClockChange(at, zone);
    const local = at + offsetMs;
    const day = Math.floor(local / DAY_MS);
    let next = (day + 1) * DAY_MS;
    if (fits(schedule, day)) {
      const hour = Math.floor(local / HOUR_MS) * HOUR_MS;
      const shown = schedule.minutes.map((minute) => hour + minute * MINUTE_MS).find((time) => time >= local);
      if (shown !== undefined && shown - offsetMs < change) return shown - offsetMs;
      next = hour + HOUR_MS;
    }
    at = Math.min(next - offsetMs, change);
  }
  return undefined;
}

function fits(schedule: Schedule, day: number): boolean {
  const { nth, weeks } = schedule;
  if (!fitsFields(schedule, day)) return false;
  if (weeks && mod(weekOf(day) - weekOf(weeks.from), weeks.every) !== 0) return false;
  if (nth === undefined) return true;
  // Of the days that fit in this month, from its beginning, or from its end.
  const step = nth < 0 ? 1 : -1;
  let others = 0;
  for (let next = day + step; monthOf(next) === monthOf(day); next += step) if (fitsFields(schedule, next)) others++;
  return others === Math.abs(nth) - 1;
}

function fitsFields({ daysOfMonth, months, weekdays, either, calendar }: Schedule, day: number): boolean {
  const date = new Date(day * DAY_MS);
  if (!months.includes(date.getUTCMonth() + 1)) return false;
  const ofMonth = daysOfMonth.includes(date.getUTCDate());
  const ofWeek = weekdays.includes(weekdayOfDay(day));
  if (calendar && !isBusinessDay(calendar, day)) return false;
  return either ? ofMonth || ofWeek : ofMonth && ofWeek;
}

/** Weeks begin with Monday. */
function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

function monthOf(day: number): number {
  return new Date(day * DAY_MS).getUTCMonth();
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

/** Every date is every weekday in some year, so only days that no month has never come. */
function comes({ daysOfMonth, months, either }: Schedule): boolean {
  return either || months.some((month) => daysOfMonth.some((day) => day <= LONGEST[month - 1]!));
}
