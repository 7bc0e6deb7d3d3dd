/** The instant that a moment comes to (section 4). */

import type {
  BusinessMoment,
  Calendar,
  Expression,
  Instant,
  Json,
  Moment,
  Span,
  SpanOrTable,
  Table,
} from '../../model.ts';
import { isBusinessDay, nextOpenAt } from '../calendar/open-days.ts';
import { addSpan, neverOpen, TimeError } from '../calendar/walk.ts';
import { DAY_MS, MAX_DAYS } from '../duration.ts';
import { instantOfLocal, localDate, localDay, minuteOfTime, weekdayOfDay } from '../zones.ts';
import { businessMoment, laterTime } from './business-moment.ts';
import { nextOccurrence, resolveDate } from './dates.ts';

/** What a moment is resolved against. */
export interface MomentContext {
  /** The journey's instant (S0). */
  from: Instant;
  enrolmentAt: Instant;
  /** The subject's zone, else the playbook's, else UTC. */
  zone: string;
  /** The playbook's, else the settings'. */
  calendar?: Calendar;
  /** The value by which a table is read; undefined when it is missing. */
  table: (by: Expression) => Json | undefined;
  /** The value of a date's expression; undefined or null when it is absent. */
  date: (date: Expression) => Json | undefined;
}

/**
 * The instant of a moment, which may lie before `from` (what is already reached is passed at once, S2). Undefined when
 * its date is absent, or is no date.
 * @throws TimeError when business time has no calendar or the calendar does not open for so long within ten years, and
 * when a table has neither a row for its value nor a default.
 */
export function resolveMoment(moment: Moment, context: MomentContext): Instant | undefined {
  const { from, zone } = context;
  switch (moment.kind) {
    case 'days-at': {
      if (moment.of === 'business') return ofBusinessDay(moment, context);
      const day = localDay(from, zone) + moment.days;
      return laterTime({ day, minute: minuteOfTime(moment.time) }, zone, from);
    }
    case 'end-of-business-day':
      return ofBusinessDay(moment, context);
    case 'next-time':
      return nextTime(moment, context);
    case 'open': {
      const calendar = calendarIn(context, 'an opening');
      const at = nextOpenAt(calendar, from);
      if (at === undefined) throw neverOpen('opening', from, calendar);
      return at;
    }
    case 'day-at':
      return atTime(localDay(context.enrolmentAt, zone) + moment.day, minuteOfTime(moment.time), zone);
    case 'since-enrolment':
      return addSpan(spanOf(moment.span, context), context.enrolmentAt, context.calendar);
    case 'date': {
      const value = context.date(moment.date);
      if (value === undefined) return undefined;
      const clocks = { zone, ...(context.calendar && { calendar: context.calendar }) };
      return moment.every === undefined
        ? resolveDate(value, moment, clocks)
        : nextOccurrence(value, { ...moment, every: moment.every }, clocks, { from })?.at;
    }
    default:
      return addSpan(spanOf(moment, context), from, context.calendar);
  }
}

/** The row of a table for a value, else its default; undefined when it has neither (T0). A plain span is itself. */
export function readTable<T extends { kind: string }>(
  span: T | Table<T>,
  value: (by: Expression) => Json | undefined,
): T | undefined {
  if (!isTable(span)) return span;
  const by = value(span.by);
  const is = by === undefined || by === null || typeof by === 'object' ? undefined : String(by);
  return span.rows.find((row) => row.is === is)?.span ?? span.default;
}

function isTable<T extends { kind: string }>(span: T | Table<T>): span is Table<T> {
  return span.kind === 'table';
}

function spanOf(span: SpanOrTable, context: MomentContext): Span {
  const found = readTable(span, context.table);
  if (found !== undefined) return found;
  const by = span.kind === 'table' ? span.by.cel : '';
  const value = span.kind === 'table' ? context.table(span.by) : undefined;
  throw new TimeError(`the table by ${by} has no row for ${JSON.stringify(value ?? null)}: give it a default`);
}

function ofBusinessDay(moment: BusinessMoment, context: MomentContext): Instant {
  const what = `${moment.days} business day${moment.days === 1 ? '' : 's'}`;
  const calendar = calendarIn(context, what);
  const at = businessMoment(moment, context.from, calendar);
  if (at === undefined) throw neverOpen(what, context.from, calendar);
  return at;
}

function atTime(day: number, minute: number, zone: string): Instant {
  return instantOfLocal(day * DAY_MS + minute * 60_000, zone);
}

/** The first such time that is not before `from`: at exactly 09:00, until 09:00 is now. */
function nextTime(moment: Extract<Moment, { kind: 'next-time' }>, context: MomentContext): Instant {
  const { from } = context;
  const { time, days } = moment;
  const what = `${time} on business days`;
  const calendar = days === 'business' ? calendarIn(context, what) : undefined;
  const zone = calendar?.timeZone ?? ((moment.ofCalendar && context.calendar?.timeZone) || context.zone);
  const isOn = (day: number) => {
    if (calendar) return isBusinessDay(calendar, day);
    if (days === 'weekdays') return weekdayOfDay(day) <= 4;
    return typeof days === 'string' || days.includes(weekdayOfDay(day));
  };
  const today = localDay(from, zone);
  // A weekday comes within a week; a date that a zone left out takes another one.
  for (let day = today; day <= today + (calendar ? MAX_DAYS : 15); day++) {
    if (!isOn(day)) continue;
    const at = atTime(day, minuteOfTime(time), zone);
    // A time in a gap becomes the first instant after it: on a date that a zone left out, that is another day's.
    if (at >= from && (days === 'all' || isOn(localDay(at, zone)))) return at;
  }
  if (calendar) throw neverOpen(what, from, calendar);
  throw new TimeError(`no ${time} within fifteen days of ${localDate(from, zone)} in ${zone}`);
}

function calendarIn({ calendar }: MomentContext, what: string): Calendar {
  if (calendar !== undefined) return calendar;
  throw new TimeError(`${what} cannot be counted without a calendar: name one in the settings`);
}
