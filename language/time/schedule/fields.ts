import type { Calendar } from '../../model.ts';

/** Plain JSON. Every list is sorted and has at least one member. */
export interface Schedule {
  minutes: number[];
  hours: number[];
  /** 1 to 31 */
  daysOfMonth: number[];
  /** 1 to 12 */
  months: number[];
  /** 0 is Monday, 6 is Sunday. */
  weekdays: number[];
  /** Cron's rule: where day of month and weekday are both narrowed, either of them is enough. */
  either: boolean;
  /** Of the days that fit, only this one of each month: the first is 1, the last -1. */
  nth?: number;
  /** Of the weeks, only each so many-th, counted from the one in which `from` is (a day's number). */
  weeks?: { every: number; from: number };
  /** Only days on which it is open. */
  calendar?: Calendar;
}
