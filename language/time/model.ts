/** Lengths, moments, marks and calendars, compiled: plain JSON. */
import type { Expression } from '../model.ts';

/** A length of time: exact, or counted in the calendar's open time. */
export type Span =
  | { kind: 'exact'; ms: number }
  | { kind: 'business-hours'; hours: number }
  | { kind: 'business-days'; days: number };

/** A table of lengths, read by the value of an expression (T0). In file order. */
export type Table<T> = { kind: 'table'; by: Expression; rows: { is: string; span: T }[]; default?: T };

export type SpanOrTable = Span | Table<Span>;

/** A time of a business day after the one on which something begins, in the calendar's zone. */
export type BusinessMoment =
  /** `next business day at "12:00"`, `2 business days at "17:00"` */
  | { kind: 'days-at'; days: number; of: 'business'; time: string }
  /** `end of next business day` */
  | { kind: 'end-of-business-day'; days: number };

/** What a service level promises: a length of time, or a moment that is fixed at the start (L3). */
export type Target = Span | BusinessMoment;
export type TargetOrTable = Target | Table<Target>;

/** Where a wait or a due date lands (section 4). */
export type Moment =
  | SpanOrTable
  | BusinessMoment
  /** `1 calendar day at 09:00` */
  | { kind: 'days-at'; days: number; of: 'calendar'; time: string }
  /** `{until: "09:00", on_days: weekdays}`, `{until: saturday at "15:15"}`; `ofCalendar`: in a playbook with a calendar of its own, in that one's zone */
  | { kind: 'next-time'; time: string; days: NextDays; ofCalendar?: true }
  /** `{until: open}`: now where the calendar is open, else its next opening */
  | { kind: 'open' }
  /** `{until: day 3 at "09:00"}`: the third calendar day after the enrolment's */
  | { kind: 'day-at'; day: number; time: string }
  /** `{until: 7d, since: enrolment}` */
  | { kind: 'since-enrolment'; span: SpanOrTable }
  /** `{until: contact.renewal_date - 30d, at: "09:00"}` */
  | ({ kind: 'date'; date: Expression; time?: string; every?: Recurrence } & DateShift);

/** A way from a date: months, then days, then business days, each by the local date, then what is exact. */
export interface DateShift {
  offsetDays: number;
  offsetMs: number;
  offsetMonths?: number;
  offsetBusinessDays?: number;
}

/** How often a date comes back, counted from the date itself; of a month without its day the last day counts. */
export type Recurrence = { months: number } | { days: number };

/** Days by what they are; weekdays by number, 0 for Monday, sorted; those on which the calendar opens. */
export type NextDays = 'all' | 'weekdays' | number[] | 'business';

/** A share of an SLA target, its breach, or a time before or after the breach (T10). */
export type Mark = { kind: 'share'; percent: number } | { kind: 'breach' } | { kind: 'before' | 'after'; span: Span };

export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** Weekly open intervals and dated exceptions in one zone (L1). Times as minutes after local midnight, sorted. */
export type Calendar = {
  name: string;
  timeZone: string;
  /** Monday first; each day's intervals as [start, end) in minutes. */
  week: [number, number][][];
  /** `YYYY-MM-DD` → that day's intervals; none means closed. */
  except: { [date: string]: [number, number][] };
  /** `MM-DD` → that day's intervals in every year; a date of `except` goes first. */
  yearly?: { [monthAndDay: string]: [number, number][] };
};
