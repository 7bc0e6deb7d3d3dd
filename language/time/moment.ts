/**
 * What a person writes for a moment (section 4, S2): `1 business day at 09:00`, `end of next business day`,
 * `{until: day 3 at "09:00"}`, `{until: contact.renewal_date - 30d, at: "09:00"}`. Tables and expressions are left as
 * they came, for the compiler to compile.
 */

import { isJsonObject } from '../json.ts';
import type { DateShift, Expression, Moment, NextDays, Recurrence, Span, SpanOrTable, Target } from '../model.ts';
import { type Fault, kindOf, MAX_DAYS, parseSpan } from './duration.ts';
import { clock, mapMeant, momentMeant } from './moment/slips.ts';
import { bothOffsets, parseEvery, parseOffset } from './offset.ts';
import { readWeekdays } from './schedule/words.ts';
import { parseTime } from './zones.ts';

export { type MomentContext, readTable, resolveMoment } from './moment/resolve.ts';

/** A table as it was written: `{by: deal.stage, qualification: 7d, default: 10d}`. */
export interface TableDraft {
  kind: 'table-draft';
  table: { [key: string]: unknown };
}

/** A moment that is read, but for its tables and expressions. */
/**
 * What a service level promises (L3): a length, or a moment of a business day to come.
 * @returns the target; or what came, and what may be written.
 */
export function parseTarget(value: unknown): { value: Target } | Fault {
  const span = parseSpan(value);
  if (!('error' in span)) return { value: span.span };
  const isOfDay = typeof value === 'string' && /\b(?:end|next)\b|\bat\b/.test(value);
  if (!isOfDay) return span;
  const read = parseMoment(value);
  if ('error' in read) return { ...read, hint: TARGET_FORMS };
  const { moment } = read;
  if (moment.kind === 'end-of-business-day') return { value: moment };
  if (moment.kind === 'days-at' && moment.of === 'business') return { value: { ...moment, of: 'business' } };
  return { error: `"${value}" is no target`, hint: TARGET_FORMS };
}

export type MomentDraft =
  | Span
  | TableDraft
  | Extract<Moment, { kind: 'days-at' | 'end-of-business-day' | 'next-time' | 'day-at' | 'open' }>
  | { kind: 'since-enrolment'; span: Span | TableDraft }
  | ({ kind: 'date'; dateText: string; time?: string; every?: Recurrence } & DateShift);

const FORMS =
  'write 1d, 2 business hours, 1 business day at 09:00, 1 calendar day at 09:00, end of next business day or {until: …}';
const TARGET_FORMS =
  'write 4 business hours, end of next business day, or next business day at "12:00": days of the calendar';
const KEYS = ['until', 'at', 'since', 'on_days', 'every'];
/** `contact.renewal_date - 1w + 2h` has two. */
const MAX_OFFSETS = 4;

/**
 * Reads a moment as YAML gives it. `extra.at` is an `at` next to the value instead of in it.
 * @returns the draft, which `finishMoment` turns into a `Moment`; or what came, and what may be written.
 */
export function parseMoment(value: unknown, extra?: { at?: string }): { moment: MomentDraft } | Fault {
  if (typeof value === 'string' && extra?.at !== undefined) return parseUntil({ until: value, at: extra.at });
  if (typeof value === 'string') return parseText(value.trim());
  if (!isJsonObject(value)) return { error: `a moment is a text or a map, not ${kindOf(value)}`, hint: FORMS };
  if ('until' in value) return parseUntil(extra?.at === undefined ? value : { at: extra.at, ...value });
  if ('by' in value) return { moment: { kind: 'table-draft', table: value } };
  return { error: 'this map is not a moment', hint: mapMeant(value) };
}

function parseText(text: string): { moment: MomentDraft } | Fault {
  if (/^end +of +next +business +day$/.test(text)) return { moment: { kind: 'end-of-business-day', days: 1 } };
  const at = /^(.*?) +at +(\S+)$/.exec(text);
  const isCounted = at !== null && /^(\d|next +(business|calendar) +day)/.test(at[1]!);
  const span = parseSpan(text);
  if (!('error' in span)) return { moment: span.span };
  if (/^\d/.test(text) && !span.error.endsWith('is not a duration')) return span;
  const meant = isCounted || /^\d+ +calendar/.test(text) ? undefined : momentMeant(text);
  if (meant !== undefined) {
    const isLength = /^\d/.test(text) && !/business|working/.test(text) && clock(text) === undefined;
    return { error: `"${text}" is not a ${isLength ? 'duration' : 'moment'}`, hint: meant };
  }
  if (at !== null) return parseDaysAt(text, at[1]!, at[2]!);
  if (/^\d+ +calendar +days?$/.test(text)) {
    return { error: `"${text}" has no time of day`, hint: `write ${text} at 09:00, or ${Number.parseInt(text, 10)}d` };
  }
  return /^[\d+]/.test(text) ? span : { error: `"${text}" is not a moment`, hint: FORMS };
}

function parseDaysAt(text: string, days: string, at: string): { moment: MomentDraft } | Fault {
  const time = parseTime(unquote(at));
  if ('error' in time) return time;
  const match = /^(\d{1,4}|next) +(business|calendar) +days?$/.exec(days.trim());
  if (match === null) {
    const count = /^(\d+)d$/.exec(days.trim())?.[1];
    const hint = count === undefined ? FORMS : `write ${count} calendar day at ${time.time}`;
    return { error: `"${text}" is not a moment`, hint };
  }
  const count = dayCount(text, match[1] === 'next' ? 1 : Number(match[1]));
  if (typeof count !== 'number') return count;
  return { moment: { kind: 'days-at', days: count, of: match[2] as 'business' | 'calendar', time: time.time } };
}

function dayCount(text: string, count: number): number | Fault {
  if (count === 0)
    return { error: `"${text}" is a duration of zero`, hint: 'write {until: "09:00"} for the next 09:00' };
  return count > MAX_DAYS ? { error: `"${text}" is longer than ten years` } : count;
}

function parseUntil(value: { [key: string]: unknown }): { moment: MomentDraft } | Fault {
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    return { error: `unknown key "${unknown}" with until`, hint: `known are ${KEYS.join(', ')}` };
  }
  const isDate = typeof value.until === 'string' && /^[A-Za-z_]\w*[.(]/.test(value.until.trim());
  if (value.every !== undefined && !isDate) {
    return { error: 'every is for a date that comes back', hint: 'write {until: contact.birthday, every: year}' };
  }
  if (value.since !== undefined) return parseSince(value);
  if (typeof value.until !== 'string') {
    return {
      error: `until is a text, not ${kindOf(value.until)}`,
      hint: 'write until: "09:00" or until: 7d, since: enrolment',
    };
  }
  const text = unquote(value.until.trim());
  if (/^\d?\d:\d\d$/.test(text)) return parseNextTime(text, value);
  const weekday = weekdayAt(text, value.at);
  if (weekday !== undefined) {
    return parseNextTime(weekday.at, { ...value, at: undefined, on_days: value.on_days ?? weekday.days });
  }
  if ('weekdays' in readWeekdays(text.toLowerCase())) {
    return { error: `"${text}" has no time of day`, hint: `write { until: ${text} at "09:00" }` };
  }
  if (value.on_days !== undefined) {
    return {
      error: `on_days does not go with "${text}"`,
      hint: 'it goes with a time of day: {until: "09:00", on_days: weekdays}',
    };
  }
  if (text === 'open') {
    if (value.at === undefined) return { moment: { kind: 'open' } };
    return {
      error: '"open" has no time of day',
      hint: 'write {until: open}, or {until: "09:00", on_days: business days}',
    };
  }
  const day = /^day +(\d{1,4})(?: +at +(\S+))?$/.exec(text);
  if (day !== null) return parseDayAt(text, Number(day[1]), day[2] ?? value.at);
  if (!('error' in parseSpan(text))) {
    return { error: `"${text}" from when?`, hint: `write wait: ${text}, or {until: ${text}, since: enrolment}` };
  }
  return parseDate(text, value);
}

function parseSince(value: { [key: string]: unknown }): { moment: MomentDraft } | Fault {
  const hint = 'write {until: 7d, since: enrolment}';
  if (value.since !== 'enrolment') return { error: `since ${JSON.stringify(value.since)} is unknown`, hint };
  if (value.at !== undefined || value.on_days !== undefined) {
    return { error: '"since" takes a duration alone', hint: 'for a time of day write {until: day 3 at "09:00"}' };
  }
  if (isJsonObject(value.until) && 'by' in value.until) {
    return { moment: { kind: 'since-enrolment', span: { kind: 'table-draft', table: value.until } } };
  }
  const span = parseSpan(value.until);
  return 'error' in span ? span : { moment: { kind: 'since-enrolment', span: span.span } };
}

function parseNextTime(text: string, value: { [key: string]: unknown }): { moment: MomentDraft } | Fault {
  const time = parseTime(text);
  if ('error' in time) return time;
  if (value.at !== undefined) return { error: 'two times of day: until and at', hint: `write {until: "${text}"}` };
  const read = parseOnDays(value.on_days);
  if ('error' in read) return read;
  const { days } = read;
  return { moment: { kind: 'next-time', time: time.time, days } };
}

/** `saturday at "15:15"`, `monday and thursday` with an `at` beside it. */
function weekdayAt(text: string, beside: unknown): { days: string; at: string } | undefined {
  const [, days = '', at = beside] = /^(.*?)(?:\s+at\s+(\S+))?$/.exec(text) ?? [];
  if (typeof at !== 'string' || !/^[a-z]/i.test(days)) return undefined;
  const read = readWeekdays(days.toLowerCase());
  return 'weekdays' in read ? { days, at: unquote(at) } : undefined;
}

/** `weekdays`, `business days`, `monday and thursday`, `[monday, thursday]`. */
function parseOnDays(written: unknown): { days: NextDays } | Fault {
  if (written === undefined) return { days: 'all' };
  const text = Array.isArray(written) ? written.join(', ') : written;
  const hint = 'write on_days: weekdays, business days, weekends, saturday, or [monday, thursday]';
  if (typeof text !== 'string') return { error: `on_days ${JSON.stringify(written)} is unknown`, hint };
  const words = text.trim().toLowerCase();
  if (words === 'all' || words === 'weekdays') return { days: words };
  if (/^business +days?$/.test(words)) return { days: 'business' };
  const read = readWeekdays(words);
  if ('weekdays' in read) return { days: read.weekdays };
  return {
    error: `on_days ${JSON.stringify(read.word)} is unknown`,
    hint: read.near.startsWith('did you mean') ? read.near : hint,
  };
}

function parseDayAt(text: string, day: number, at: unknown): { moment: MomentDraft } | Fault {
  if (at === undefined) return { error: `"${text}" has no time of day`, hint: `write ${text} at "09:00"` };
  const time = parseTime(typeof at === 'string' ? unquote(at) : at);
  if ('error' in time) return time;
  if (day > MAX_DAYS) return { error: `"${text}" is longer than ten years` };
  return { moment: { kind: 'day-at', day, time: time.time } };
}

const OFFSET_AT_END = /^(.*\S)\s*([+-]) *(\d+(?:\.\d+)?(?:(?:ms|s|m|h|d|w)| +(?:business +day|month|year)s?))$/;

function parseDate(text: string, value: { [key: string]: unknown }): { moment: MomentDraft } | Fault {
  const time = value.at === undefined ? undefined : parseTime(value.at);
  if (time !== undefined && 'error' in time) return time;
  const recurs = value.every === undefined ? undefined : parseEvery(value.every);
  if (recurs !== undefined && 'error' in recurs) return recurs;
  let dateText = text;
  let shift: DateShift = { offsetDays: 0, offsetMs: 0 };
  for (let i = 0; i < MAX_OFFSETS; i++) {
    const match = OFFSET_AT_END.exec(dateText);
    if (match === null) break;
    const offset = parseOffset(`${match[2]}${match[3]}`);
    if ('error' in offset) return offset;
    dateText = match[1]!;
    shift = bothOffsets(shift, offset);
  }
  if (/\bbusiness (hour|day)s?$/.test(dateText)) {
    const hint = 'offsets of a date are in d, w, h or m, in months, or in business days: contact.d - 3 business days';
    return { error: `"${text}" counts business time from a date`, hint };
  }
  if (!/^[A-Za-z_(]/.test(dateText) || /\s/.test(dateText)) {
    const meant = momentMeant(text);
    if (meant !== undefined) return { error: `"${text}" is not a moment`, hint: meant };
  }
  if (!/^[A-Za-z_(]/.test(dateText)) return { error: `"${text}" is not a moment`, hint: FORMS };
  return {
    moment: {
      kind: 'date',
      dateText,
      ...shift,
      ...(time === undefined ? {} : { time: time.time }),
      ...(recurs === undefined ? {} : { every: recurs.every }),
    },
  };
}

/** Turns a draft into a moment with the compiler's help: `table` compiles a table, `date` an expression. */
export function finishMoment(
  draft: MomentDraft,
  compile: { table: (table: { [key: string]: unknown }) => SpanOrTable; date: (cel: string) => Expression },
): Moment {
  if (draft.kind === 'table-draft') return compile.table(draft.table);
  if (draft.kind === 'since-enrolment') {
    const span = draft.span.kind === 'table-draft' ? compile.table(draft.span.table) : draft.span;
    return { kind: 'since-enrolment', span };
  }
  if (draft.kind !== 'date') return draft;
  const { dateText, ...rest } = draft;
  return { ...rest, date: compile.date(dateText) };
}

function unquote(text: string): string {
  return /^"[^"]*"$|^'[^']*'$/.test(text) ? text.slice(1, -1) : text;
}
