/** Durations, tables of them, and moments (T0, section 4). */

import { isJsonObject } from '../json.ts';
import type {
  Calendar,
  Expression,
  Moment,
  NextDays,
  Span,
  SpanOrTable,
  Table,
  Target,
  TargetOrTable,
} from '../model.ts';
import { JOURNEY_ROOTS, type Root } from '../roots.ts';
import type { Path } from '../syntax.ts';
import { needsCalendar } from '../time/calendar.ts';
import { describeSpan, type Fault, MAX_DAYS, parseSpan } from '../time/duration.ts';
import { finishMoment, parseMoment, parseTarget } from '../time/moment.ts';
import { expressionAt, NO_EXPRESSION } from './expressions.ts';
import { rootsFor } from './names.ts';
import type { FileReport } from './report.ts';
import type { FileContext } from './scope.ts';

const TABLE_ROOTS: readonly Root[] = ['event', ...JOURNEY_ROOTS];
const NO_SPAN: Span = { kind: 'exact', ms: 1 };

/** `30s`, `2 business hours`, or `{by: deal.stage, qualification: 7d, default: 10d}`. */
export function spanOrTable(context: FileContext, value: unknown, path: Path): SpanOrTable {
  if (!isJsonObject(value)) return context.plainSpan(value, path);
  const { by, ...rows } = value;
  if (by === undefined) {
    context.report(
      'CB203',
      path,
      '`by` is missing: what the table is read by',
      'write { by: deal.stage, …, default: 10d }',
    );
    return NO_SPAN;
  }
  const expression = context.expression(by, [...path, 'by'], { roots: TABLE_ROOTS });
  const table = tableOf(context.file, { rows, by: expression, read: lengthOf }, path);
  noteCalendar(context, table, path);
  return table;
}

interface RowsAsWritten<T> {
  rows: { [is: string]: unknown };
  by: Expression;
  read: (value: unknown) => { value: T } | Fault;
}

function lengthOf(value: unknown): { value: Span } | Fault {
  const read = parseSpan(value);
  return 'error' in read ? read : { value: read.span };
}

/** The rows of a table in file order; `default` is for every other value. */
export function tableOf<T>(file: FileReport, { rows, by, read: readRow }: RowsAsWritten<T>, path: Path): Table<T> {
  const table: Table<T> = { kind: 'table', by, rows: [] };
  for (const [is, value] of Object.entries(rows)) {
    const read = readRow(value);
    if ('error' in read) file.at([...path, is], { code: 'CB211', message: read.error, hint: read.hint });
    else if (is === 'default') table.default = read.value;
    else table.rows.push({ is, span: read.value });
  }
  if (table.rows.length === 0 && table.default === undefined) {
    file.at(path, { code: 'CB211', message: 'the table has no duration in it', hint: 'write default: 1d' });
  }
  return table;
}

/** A moment; a date in it is an expression over what steps see. */
export function momentOf(context: FileContext, value: unknown, path: Path): Moment {
  const read = parseMoment(value);
  if ('error' in read) {
    context.report('CB212', path, read.error, read.hint);
    return NO_SPAN;
  }
  const moment = finishMoment(read.moment, {
    table: (table) => spanOrTable(context, table, isJsonObject(value) && 'until' in value ? [...path, 'until'] : path),
    date: (cel) => dateOf(context, cel, path, value),
  });
  if (moment.kind === 'next-time' && isOfWeekdays(moment.days) && context.frame.ownCalendar) {
    context.uses.calendar = true;
    return { ...moment, ofCalendar: true };
  }
  noteCalendar(context, moment, path);
  return moment;
}

function isOfWeekdays(days: NextDays): boolean {
  return days === 'weekdays' || Array.isArray(days);
}

function dateOf(context: FileContext, cel: string, path: Path, value: unknown): Expression {
  const at = isJsonObject(value) ? [...path, 'until'] : path;
  return context.expression(cel, at, { roots: JOURNEY_ROOTS, counts: false });
}

/** Business time needs a calendar: the playbook's, else the settings' (section 4). */
export function noteCalendar(context: FileContext, moment: Moment | Span, path: Path): void {
  if (!needsCalendar(moment)) return;
  context.uses.calendar = true;
  const { calendar: name } = context.frame;
  if (name === undefined && context.world.faulty.has('settings')) {
    context.file.spoil();
    return;
  }
  if (name === undefined) {
    const hint = 'set `calendar: office-eu` in the playbook or in settings.yaml';
    context.report('CB505', path, 'business time is counted, and no calendar is set', hint);
    return;
  }
  const { calendars } = context.world;
  const calendar = Object.hasOwn(calendars, name) ? calendars[name] : undefined;
  if (calendar !== undefined) checkReach(context.file, moment, calendar, path);
}

/** Open time that the calendar's weeks do not hold in ten years never comes: no window reaches further. */
export function checkReach(file: FileReport, moment: Moment | TargetOrTable, calendar: Calendar, path: Path): void {
  const spans: [Target | Moment, Path][] =
    moment.kind === 'table'
      ? [
          ...moment.rows.map(({ is, span }): [Target, Path] => [span, [...path, is]]),
          ...(moment.default === undefined ? [] : [[moment.default, [...path, 'default']] as [Target, Path]]),
        ]
      : [[moment, path]];
  const minutes = calendar.week.map((day) => day.reduce((sum, [start, end]) => sum + end - start, 0));
  const weeks = MAX_DAYS / 7;
  const hours = Math.floor((minutes.reduce((sum, day) => sum + day, 0) / 60) * weeks);
  const days = Math.floor(minutes.filter((day) => day > 0).length * weeks);
  for (const [span, at] of spans) {
    if (span.kind !== 'business-hours' && span.kind !== 'business-days') continue;
    if (span.kind === 'business-hours' ? span.hours <= hours : span.days <= days) continue;
    const most = span.kind === 'business-hours' ? `${hours} business hours` : `${days} business days`;
    file.at(at, {
      code: 'CB211',
      message: `"${describeSpan(span)}" takes longer than ten years by calendar \`${calendar.name}\``,
      hint: `ten years of it have ${most}`,
    });
  }
}

/** A policy's target, a length or a moment (L3), which is counted by the policy's own calendar, where there is one. */
export function targetOf(
  context: FileContext,
  written: { target: unknown; by?: unknown },
  path: Path,
  calendar: Calendar | undefined,
): TargetOrTable {
  const read = targetAsWritten(context, written, path);
  if (calendar !== undefined) checkReach(context.file, read, calendar, [...path, 'target']);
  return read;
}

function targetAsWritten(context: FileContext, written: { target: unknown; by?: unknown }, path: Path): TargetOrTable {
  const { file } = context;
  const { target, by } = written;
  const at = [...path, 'target'];
  if (!isJsonObject(target)) {
    const read = parseTarget(target);
    if (!('error' in read)) return read.value;
    file.at(at, { code: 'CB211', message: read.error, hint: read.hint });
    return NO_SPAN;
  }
  const only = Object.keys(target);
  if (by === undefined && only.length === 1 && only[0] === 'default') {
    return targetAsWritten(context, { target: target.default }, path);
  }
  if (by === undefined) {
    const hint = 'write by: ticket.priority next to the target';
    file.at(at, { code: 'CB203', message: '`by` is missing: what the target is read by', hint });
    return tableOf(file, { rows: target, by: NO_EXPRESSION, read: parseTarget }, at);
  }
  const read = expressionAt(file, by, [...path, 'by'], { roots: rootsFor(context.subject, []) });
  return tableOf(file, { rows: target, by: read, read: parseTarget }, at);
}
