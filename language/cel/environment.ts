/** The CEL environment that all expressions share, and what its functions read while one is evaluated. */
import { Environment } from '@marcbachmann/cel-js';
import type { Calendar, Instant, Refers } from '../model.ts';
import { readNumber } from '../records/read-number.ts';
import { EXPRESSION_ROOTS } from '../roots.ts';
import { asInstant } from '../time/as-instant.ts';
import { isOpenAt } from '../time/calendar/open-days.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseSpan } from '../time/duration.ts';
import { isoInstant } from '../time/instants.ts';
import { readDate } from '../time/read-date.ts';
import { dateOfDay, localDay, offsetMsAt, weekdayOfDay } from '../time/zones.ts';
import { type LOCAL_FIELDS, MAX_COUNTED, WEEKDAYS } from './functions.ts';
import { shownNumber } from './shown-number.ts';
import { isCountOfDays, Length, moved } from './time/lengths.ts';

/** What an expression may ask in addition to its scope. */
export interface EvaluationEnv {
  now: Instant;
  /** The zone in which calendar days are counted: the subject's, else the playbook's. */
  zone: string;
  /** How many events of these names came since the enrolment began. */
  sinceStart?: (names: string[]) => number;
  /** The part of the records of a kind that are in a segment, 0 to 1. */
  share?: (segment: string, of: string) => number | undefined;
}

/** What `evaluate` adds: what the expression refers to. */
interface Running extends EvaluationEnv {
  refers?: Refers | undefined;
  inSegment?: (name: string) => boolean | undefined;
}

/** A value that is there and is not of the type that is needed. */
export class WrongType extends Error {}
/** Something that is asked for and is not there. */
export class Missing extends Error {}

export const MAX_SOURCE_CHARS = 4000;
const MAX_AST_NODES = 600;
const MAX_DEPTH = 32;
/** Steps of one evaluation: what its walks over lists look at, and what is compared, joined and answered there. */
export const MAX_STEPS = 1_000_000;
/** So many characters of a text are looked at in one step. */
const CHARS_A_STEP = 16;

let current: Running | undefined;
let stepsLeft = 0;

/**
 * Runs `work` with `env` as what functions read; evaluation is synchronous, so one place is enough. Errors are answers in
 * there, and their traces are not read: without them, a missing field costs a sixth.
 */
export function withEnv<A, B, T>(env: Running, a: A, b: B, work: (a: A, b: B) => T): T {
  const before = current;
  const left = stepsLeft;
  const traces = Error.stackTraceLimit;
  current = env;
  stepsLeft = MAX_STEPS;
  Error.stackTraceLimit = 0;
  try {
    return work(a, b);
  } finally {
    current = before;
    stepsLeft = left;
    Error.stackTraceLimit = traces;
  }
}

/** True once the evaluation under way has used up its steps: whatever it comes to is no answer. */
export function isExhausted(): boolean {
  return stepsLeft < 0;
}

/** One for all: an evaluation that is spent throws it at every further walk. */
const EXHAUSTED = new WrongType(`an expression takes more than ${MAX_STEPS} steps`);

function spend(steps: number): void {
  stepsLeft -= steps;
  if (stepsLeft < 0) throw EXHAUSTED;
}

/** Counts a value with all that is in it: who compares, joins or answers it looks at as much. */
export function weigh(value: unknown): void {
  if (typeof value === 'string') spend(1 + Math.floor(value.length / CHARS_A_STEP));
  else if (typeof value !== 'object' || value === null) spend(1);
  else {
    spend(1);
    if (Array.isArray(value)) for (const element of value) weigh(element);
    else for (const element of value instanceof Map ? value.values() : Object.values(value)) weigh(element);
  }
}

function env(): Running {
  if (current === undefined) throw new WrongType('an expression is evaluated without an environment');
  return current;
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new WrongType('not a number');
}

function numeric(value: unknown): number {
  const read = readNumber(value);
  if (read === undefined) throw new WrongType('not a number');
  return read;
}

/** The members of a list as they are compared; a map is looked into by its keys, which are texts. */
function shownNumbers(list: unknown): unknown {
  return Array.isArray(list) && list.some((member) => typeof member === 'number') ? list.map(shownNumber) : list;
}

function instant(value: unknown): unknown {
  const read = asInstant(value, env().zone);
  if (read === undefined) throw new WrongType('neither a date nor an instant');
  return read;
}

/** The last instant that is written with a year of four digits, as instants are read. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

function fromEpoch(ms: number): string {
  if (ms < 0 || ms > LAST_INSTANT) throw new WrongType('no instant from 1970 to 9999');
  return isoInstant(Math.floor(ms));
}

function string(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new WrongType('not a text');
}

function size(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (value !== null && typeof value === 'object') return Object.keys(value).length;
  throw new WrongType('neither text nor list nor map');
}

/** The number of a date's day, or of an instant's local date. */
function dayNumber(value: unknown): number {
  const read = readDate(value);
  if (read === undefined) throw new WrongType('neither a date nor an instant');
  return 'at' in read ? localDay(read.at, env().zone) : Math.floor(read.localMs / DAY_MS);
}

/** A date, or what the zone's clocks show at an instant. */
function local(value: unknown): { [field in (typeof LOCAL_FIELDS)[number]]: number | string } {
  const read = readDate(value);
  if (read === undefined) throw new WrongType('neither a date nor an instant');
  const localMs = 'at' in read ? read.at + offsetMsAt(read.at, env().zone) : read.localMs;
  const dayNumber = Math.floor(localMs / DAY_MS);
  const date = dateOfDay(dayNumber);
  const msOfDay = localMs - dayNumber * DAY_MS;
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  return {
    year,
    month,
    day,
    hour: Math.floor(msOfDay / HOUR_MS),
    minute: Math.floor((msOfDay % HOUR_MS) / MINUTE_MS),
    weekday: WEEKDAYS[weekdayOfDay(dayNumber)]!,
    date,
  };
}

function duration(value: unknown): Length {
  const read = parseSpan(string(value));
  if ('error' in read || read.span.kind !== 'exact') throw new WrongType('not an exact duration');
  return new Length('ms', read.span.ms);
}

function countOfDays(unit: 'days' | 'business-days', value: unknown): Length {
  const count = number(value);
  if (!isCountOfDays(count)) throw new WrongType('not a number of days');
  return new Length(unit, count);
}

function shifted(value: string, length: Length, sign: 1 | -1): string {
  const { zone, refers } = env();
  const calendar = refers?.calendar === undefined ? undefined : calendarNamed(refers.calendar);
  const to = moved(value, length, sign, { zone, calendar });
  if (to === undefined) throw new WrongType('no date or instant to which a length could be added');
  return to;
}

function calendarNamed(name: string): Calendar {
  const calendars = env().refers?.calendars ?? {};
  const calendar = Object.hasOwn(calendars, name) ? calendars[name] : undefined;
  if (calendar === undefined) throw new Missing('there is no such calendar');
  return calendar;
}

function inSegment(name: unknown): boolean {
  const found = env().inSegment?.(string(name));
  if (found === undefined) throw new Missing('there is no such segment');
  return found;
}

function today(): number {
  return localDay(env().now, env().zone);
}

/** Counts a walk before it begins: each element takes as many steps as are looked at for it. */
function walked(value: unknown, stepsEach: unknown): unknown {
  const elements = Array.isArray(value) ? value.length : typeof value === 'object' && value !== null ? size(value) : 1;
  spend(elements * number(stepsEach));
  return value;
}

function weighed(value: unknown): unknown {
  weigh(value);
  return value;
}

/** Counts what is joined before it is joined: a separator is written once for each text. */
function joined(list: unknown, separator: unknown): string {
  if (!Array.isArray(list)) throw new WrongType('not a list');
  const between = string(separator);
  spend(list.length);
  const chars = list.reduce((sum: number, text) => sum + string(text).length, between.length * list.length);
  spend(Math.floor(chars / CHARS_A_STEP));
  return list.join(between);
}

/** Counts the parts before they are made: at most one for each character, and one more. */
function split(value: unknown, separator: unknown): string[] {
  const text = string(value);
  const between = string(separator);
  weigh(text);
  spend(between === '' ? text.length : 1);
  const parts = text.split(between);
  spend(parts.length);
  return parts;
}

function build(): Environment {
  const made = new Environment({
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: MAX_AST_NODES, maxDepth: MAX_DEPTH },
  });
  for (const root of EXPRESSION_ROOTS) made.registerVariable(root, root === 'now' ? 'string' : 'dyn');
  const define = (signature: string, run: (...args: unknown[]) => unknown) =>
    made.registerFunction(signature, run, { async: false });
  define('cue_size(dyn): double', size);
  define('dyn.cue_size(): double', size);
  define('cue_walked(dyn, double): dyn', walked);
  define('cue_weighed(dyn): dyn', weighed);
  define('cue_number(dyn): double', numeric);
  define('cue_int(dyn): double', (v) => Math.trunc(numeric(v)));
  define('dyn.cue_join(): string', (list) => joined(list, ''));
  define('dyn.cue_join(dyn): string', joined);
  define('dyn.cue_split(dyn): list<string>', split);
  define('cue_round(dyn): double', (v) => Math.round(number(v)));
  define('cue_min(dyn, dyn): double', (a, b) => Math.min(number(a), number(b)));
  define('cue_max(dyn, dyn): double', (a, b) => Math.max(number(a), number(b)));
  define('cue_lower(dyn): string', (v) => string(v).toLowerCase());
  define('cue_upper(dyn): string', (v) => string(v).toUpperCase());
  define('cue_days_since(dyn): double', (v) => today() - dayNumber(v));
  define('cue_days_until(dyn): double', (v) => dayNumber(v) - today());
  define('cue_from_seconds(dyn): string', (v) => fromEpoch(numeric(v) * 1000));
  define('cue_from_milliseconds(dyn): string', (v) => fromEpoch(numeric(v)));
  made.registerType('Length', Length);
  define('cue_local(dyn): dyn', local);
  define('cue_duration(string): Length', duration);
  define('cue_days(dyn): Length', (v) => countOfDays('days', v));
  define('cue_business_days(dyn): Length', (v) => countOfDays('business-days', v));
  define('cue_is_open(string): bool', (name) => isOpenAt(calendarNamed(string(name)), env().now));
  define('cue_in_segment(string): bool', inSegment);
  made.registerOperator('string + Length', (value: string, length: Length) => shifted(value, length, 1));
  made.registerOperator('string - Length', (value: string, length: Length) => shifted(value, length, -1));
  define('cue_id(dyn): dyn', shownNumber);
  define('cue_ids(dyn): dyn', shownNumbers);
  define('cue_instant(dyn): dyn', instant);
  define('cue_share(string, string): double', (segment, of) => {
    const part = env().share?.(string(segment), string(of));
    if (part === undefined) throw new Missing('there is nothing to take a share of');
    return part;
  });
  for (let names = 1; names <= MAX_COUNTED; names += 1) {
    const signature = `cue_since_start(${Array(names).fill('string').join(', ')}): double`;
    define(signature, (...asked) => {
      const count = env().sinceStart;
      if (count === undefined) throw new Missing('since_start is asked outside of an enrolment');
      return count(asked.map(string));
    });
  }
  made.registerOperator('double % double', (a: number, b: number) => a % b);
  return made;
}

export const environment = build();
