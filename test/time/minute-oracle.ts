/**
 * A slow second opinion on calendars: walks every minute of a stretch of time and asks the platform's formatter what the
 * zone's clocks show. It shares no arithmetic with what it checks.
 */
import type { Calendar, Instant } from '../../language/model.ts';

const MINUTE_MS = 60_000;

export class MinuteOracle {
  readonly from: Instant;
  /** Per minute since `from`: whether the calendar is open, and the length in minutes of that business day. */
  private readonly open: boolean[];
  /** What the zone's clocks show in each minute since `from`. */
  readonly shown: readonly string[];
  private readonly date: string[];
  private readonly openMinutes = new Map<string, number>();

  constructor(calendar: Calendar, from: Instant, minutes: number) {
    this.from = from;
    const shown = Array.from({ length: minutes }, (_, i) => show(from + i * MINUTE_MS, calendar.timeZone));
    this.shown = shown;
    this.open = new Array<boolean>(minutes).fill(false);
    this.date = new Array<string>(minutes).fill('');
    for (const date of new Set(shown.map((there) => there.slice(0, 10)))) {
      const weekday = (new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % 7;
      for (const [start, end] of calendar.except[date] ?? calendar.week[weekday]!) {
        // The first minute that shows the time or has leapt over it: `first valid`, and of repeated ones `the first`.
        const first = shown.findIndex((there) => there >= at(date, start));
        const last = shown.findIndex((there) => there >= at(date, end));
        for (let i = first; i >= 0 && i < (last < 0 ? minutes : last); i++) {
          this.open[i] = true;
          this.date[i] = date;
          this.openMinutes.set(date, (this.openMinutes.get(date) ?? 0) + 1);
        }
      }
    }
  }

  /** Open minutes of [from, to), both whole minutes of the stretch. */
  openMinutesBetween(from: Instant, to: Instant): number {
    let sum = 0;
    for (let i = this.index(from); i < this.index(to); i++) if (this.open[i]) sum++;
    return sum;
  }

  /** The end of the minute with which so many open ones after `from` have passed. */
  addOpenMinutes(from: Instant, minutes: number): Instant | undefined {
    let left = minutes;
    for (let i = this.index(from); i < this.open.length; i++) {
      if (this.open[i] && --left === 0) return this.from + (i + 1) * MINUTE_MS;
    }
    return undefined;
  }

  /** Shares of business days of [from, to). */
  businessDaysBetween(from: Instant, to: Instant): number {
    let sum = 0;
    for (let i = this.index(from); i < this.index(to); i++) {
      if (this.open[i]) sum += 1 / this.openMinutes.get(this.date[i]!)!;
    }
    return sum;
  }

  private index(at: Instant): number {
    return (at - this.from) / MINUTE_MS;
  }
}

function at(date: string, minute: number): string {
  // 24:00 sorts behind every time of its date and before the next date.
  return `${date} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function show(at: Instant, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(at);
}
