/** Schedules in words: `monday at "09:00"`, `weekdays at "09:00"`, `day at "17:00"`, `first day of month at "08:00"`. */

import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Calendar } from '../../model.ts';
import type { Fault } from '../duration.ts';
import { dayOfDate, minuteOfTime, parseTime } from '../zones.ts';
import type { Schedule } from './fields.ts';
import { scheduleMeant } from './slips.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];
const GROUPS: { [word: string]: number[] } = {
  day: EVERY_DAY,
  daily: EVERY_DAY,
  weekdays: [0, 1, 2, 3, 4],
  weekends: [5, 6],
};
const NTH: { [word: string]: number } = { first: 1, second: 2, third: 3, fourth: 4, fifth: 5, last: -1 };
/** 5 January 1970: weeks are counted from it where nobody says from when. */
const FIRST_MONDAY = 4;
const FIRST_OF_MONTH = 'first day of month';
const ALL_DAYS = Array.from({ length: 31 }, (_, i) => i + 1);
const ALL_MONTHS = Array.from({ length: 12 }, (_, i) => i + 1);

/** What else than the text a schedule may need. */
export interface ScheduleParts {
  /** `YYYY-MM-DD`: a day of the first of `every 2 weeks`. */
  starting?: string | undefined;
  /** For `business day`: asked for where it is named. */
  calendar?: (() => Calendar | undefined) | undefined;
}

type Days = Pick<Schedule, 'weekdays' | 'daysOfMonth' | 'nth' | 'weeks' | 'calendar'>;

/** @param forms what a schedule may look like, for who wrote something else */
export function readWords(text: string, forms: string, parts: ScheduleParts): { schedule: Schedule } | Fault {
  const [, days = '', at] = /^(.*?)(?:\s+at\b\s*(.*))?$/s.exec(text) ?? [];
  const meant = scheduleMeant(text);
  const read = readDays(days.trim().toLowerCase(), forms, parts);
  if ('error' in read) return meant === undefined ? read : { error: read.error, hint: meant };
  if (at === undefined || at === '') {
    return { error: `"${text}" has no time of day`, hint: `write ${days.trim()} at "09:00"` };
  }
  const time = parseTime(at.replace(/^(["'])(.*)\1$/, '$2'));
  if ('error' in time) return meant === undefined ? time : { error: time.error, hint: meant };
  const minute = minuteOfTime(time.time);
  return {
    schedule: {
      minutes: [minute % 60],
      hours: [Math.floor(minute / 60)],
      months: ALL_MONTHS,
      either: false,
      ...read,
    },
  };
}

/** `monday`, `monday and thursday`, `weekdays`, `day`, `last friday of month`, `every 2 weeks on monday`. */
function readDays(text: string, forms: string, parts: ScheduleParts): Days | Fault {
  const all = { daysOfMonth: ALL_DAYS, weekdays: EVERY_DAY };
  const ofMonth = /^(\S+)\s+(.+?)\s+of\s+(?:the\s+|each\s+|every\s+)?month$/.exec(text);
  const nth = ofMonth === null ? undefined : NTH[ofMonth[1]!];
  if (ofMonth !== null && nth !== undefined) {
    const day = ofMonth[2]!;
    // The first day of a month has a number, and so it has always been kept.
    if (day === 'day') return nth === 1 ? { ...all, daysOfMonth: [1] } : { ...all, nth };
    if (/^business\s+day$/.test(day)) {
      const calendar = parts.calendar?.();
      return { ...all, nth, ...(calendar && { calendar }) };
    }
    const weekday = WEEKDAYS.indexOf(day);
    if (weekday >= 0) return { ...all, weekdays: [weekday], nth };
    const near = didYouMean(day, [...WEEKDAYS, 'day', 'business day']);
    return { error: `"${day}" is not a day of a month`, hint: near };
  }
  const several = /^every\s+(\d{1,3})\s+weeks(?:\s+on\s+(.+))?$/.exec(text);
  if (several !== null) return readWeeks(several, parts);
  const read = readWeekdays(text, [FIRST_OF_MONTH, 'last day of month']);
  if ('weekdays' in read) return { daysOfMonth: ALL_DAYS, weekdays: read.weekdays };
  const { word, near } = read;
  // `last friday of month` is near to another day than is meant.
  const isOther = /^(?:last|second|third|fourth|fifth)\b|business/.test(word);
  const hint = near.startsWith('did you mean') && !isOther ? near : forms;
  return { error: `"${word}" is not a day of a schedule`, hint };
}

function readWeeks([text, count, on]: RegExpExecArray, { starting }: ScheduleParts): Days | Fault {
  const every = Number(count);
  const hint = 'write every 2 weeks on monday at "09:00"';
  if (every === 0 || every > 520) return { error: `"${text}" is not a number of weeks from 1 to 520`, hint };
  if (on === undefined) return { error: `"${text}" does not say on which day`, hint };
  const read = readWeekdays(on);
  if (!('weekdays' in read)) return { error: `"${read.word}" is not a day of a schedule`, hint: read.near };
  const from = starting === undefined ? FIRST_MONDAY : dayOfDate(starting);
  return { daysOfMonth: ALL_DAYS, weekdays: read.weekdays, weeks: { every, from } };
}

/**
 * `monday`, `monday and thursday`, `weekdays`, `weekends` as weekdays by number, 0 for Monday, sorted.
 * @param others what else may stand there, for who wrote something near to it
 * @returns or the word that is none, with what it is near to
 */
export function readWeekdays(
  text: string,
  others: readonly string[] = [],
): { weekdays: number[] } | { word: string; near: string } {
  const words = text.split(/\s*,\s*|\s+and\s+/);
  const weekdays = new Set<number>();
  for (const word of words) {
    const name = word.replace(/^every\s+/, '');
    const number = WEEKDAYS.indexOf(name);
    const group = Object.hasOwn(GROUPS, name) ? GROUPS[name]! : number < 0 ? undefined : [number];
    if (group === undefined) return { word, near: didYouMean(name, [...WEEKDAYS, ...Object.keys(GROUPS), ...others]) };
    for (const day of group) weekdays.add(day);
  }
  return { weekdays: [...weekdays].sort((a, b) => a - b) };
}
