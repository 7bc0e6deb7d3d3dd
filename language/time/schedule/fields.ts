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
}
