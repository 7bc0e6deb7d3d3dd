/** Words for what a step is called (`Step.title`): texts, conditions and times as people read them. */
import type { Awaited, Moment, NextDays, SpanOrTable, Text } from '../../language/model.ts';
import { describeDuration, describeSpan, markText } from '../../language/time/duration.ts';

export interface StepTitle {
  /** In plain words: `E-mail cart-reminder`, `Wait 1 d`. */
  title: string;
  /** A further line: a condition, who does it. */
  detail?: string | undefined;
}

/** A text as it was written; '' for none. */
export function asWritten(text: Text | string | undefined): string {
  return typeof text === 'string' ? text : (text?.text ?? '');
}

/** What there is of it, with commas; undefined where there is nothing. */
export function joined(...parts: (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined && part !== '');
  return said.length === 0 ? undefined : said.join(', ');
}

/** What is looked for, in words. */
export function awaitedWords(awaited: Awaited): string {
  switch (awaited.kind) {
    case 'event':
      return awaited.where ? `${awaited.event} where ${awaited.where.cel}` : awaited.event;
    case 'becomes':
      return awaited.becomes.cel;
    case 'sla':
      return `${awaited.policy}.${awaited.clock} ${awaited.mark ? markText(awaited.mark) : (awaited.is ?? '')}`.trim();
    case 'sla-of-trigger':
      return `its clock ${awaited.mark ? markText(awaited.mark) : (awaited.is ?? '')}`.trim();
  }
}

/** What each arm of a wait looks for. */
export function awaitedArms(arms: readonly (readonly Awaited[])[]): string[] {
  return arms.map((arm) => arm.map(awaitedWords).join(' or '));
}

export function withinWords(within: SpanOrTable | undefined): string | undefined {
  return within && `within ${spanWords(within)}`;
}

function spanWords(span: SpanOrTable): string {
  return span.kind === 'table' ? 'a time that depends' : describeSpan(span);
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `1 day`, `until 09:00 on weekdays`: behind the word "Wait". */
export function momentWords(moment: Moment): string {
  switch (moment.kind) {
    case 'days-at':
      return `${moment.days} ${moment.of} ${moment.days === 1 ? 'day' : 'days'}, until ${moment.time}`;
    case 'end-of-business-day':
      return moment.days === 0 ? 'until the business day ends' : `until business day ${moment.days} from now ends`;
    case 'next-time':
      return `until ${moment.time}${daysWords(moment.days)}`;
    case 'open':
      return 'until the calendar is open';
    case 'day-at':
      return `until day ${moment.day} at ${moment.time}`;
    case 'since-enrolment':
      return `until ${spanWords(moment.span)} after it began`;
    case 'date':
      return `until ${dateWords(moment)}`;
    default:
      return spanWords(moment);
  }
}

function daysWords(days: NextDays): string {
  if (days === 'all') return '';
  if (days === 'weekdays') return ' on weekdays';
  return days === 'business' ? ' on business days' : ` on ${days.map((day) => DAYS[day]).join(', ')}`;
}

function dateWords(moment: Extract<Moment, { kind: 'date' }>): string {
  const { date, time, offsetMonths = 0, offsetDays, offsetBusinessDays = 0, offsetMs } = moment;
  const part = (count: number, word: string) =>
    count === 0 ? '' : ` ${count < 0 ? '−' : '+'} ${Math.abs(count)} ${word}${Math.abs(count) === 1 ? '' : 's'}`;
  const exact = offsetMs === 0 ? '' : ` ${offsetMs < 0 ? '−' : '+'} ${describeDuration(Math.abs(offsetMs))}`;
  const shift =
    part(offsetMonths, 'month') + part(offsetDays, 'day') + part(offsetBusinessDays, 'business day') + exact;
  return `${date.cel}${shift}${time === undefined ? '' : ` at ${time}`}`;
}
