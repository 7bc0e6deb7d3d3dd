/** Schedules in words: `monday at "09:00"`, `weekdays at "09:00"`, `day at "17:00"`, `first day of month at "08:00"`. */

import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Fault } from '../duration.ts';
import { minuteOfTime, parseTime } from '../zones.ts';
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
const FIRST_OF_MONTH = 'first day of month';
const ALL_DAYS = Array.from({ length: 31 }, (_, i) => i + 1);
const ALL_MONTHS = Array.from({ length: 12 }, (_, i) => i + 1);

/** @param forms what a schedule may look like, for who wrote something else */
export function readWords(text: string, forms: string): { schedule: Schedule } | Fault {
  const [, days = '', at] = /^(.*?)(?:\s+at\b\s*(.*))?$/s.exec(text) ?? [];
  const meant = scheduleMeant(text);
  const read = readDays(days.trim().toLowerCase(), forms);
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
      daysOfMonth: read.first ? [1] : ALL_DAYS,
      months: ALL_MONTHS,
      weekdays: read.weekdays,
      either: false,
    },
  };
}

/** `monday`, `monday and thursday`, `weekdays`, `day`, `first day of month`. */
function readDays(text: string, forms: string): { first: boolean; weekdays: number[] } | Fault {
  if (text === FIRST_OF_MONTH || text === `${FIRST_OF_MONTH.replace(' of ', ' of the ')}`) {
    return { first: true, weekdays: EVERY_DAY };
  }
  const read = readWeekdays(text, [FIRST_OF_MONTH]);
  if ('weekdays' in read) return { first: false, weekdays: read.weekdays };
  const { word, near } = read;
  // `last friday of month` is near to another day than is meant.
  const isOther = /^(?:last|second|third|fourth)\b|business/.test(word);
  const hint = near.startsWith('did you mean') && !isOther ? near : forms;
  return { error: `"${word}" is not a day of a schedule`, hint };
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
