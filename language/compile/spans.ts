/** Lengths of time, tables of them, and moments (T0, section 4). */
import { needsCalendar } from '../calendar.ts';
import { parseSpan } from '../duration.ts';
import type { Expression, Moment, Span, SpanOrTable } from '../model.ts';
import { finishMoment, parseMoment } from '../moment.ts';
import type { Path, Root } from '../syntax.ts';
import type { Context } from './context.ts';
import { expressionAt, NO_EXPRESSION } from './expressions.ts';
import type { FileReport } from './report.ts';
import { isTable } from './scope.ts';

const TABLE_ROOTS: readonly Root[] = ['event', 'trigger', 'steps', 'repeat'];
const NO_SPAN: Span = { kind: 'exact', ms: 1 };

/** `30s`, `2 business hours`, or `{by: deal.stage, qualification: 7d, default: 10d}`. */
export function spanOrTable(context: Context, value: unknown, path: Path): SpanOrTable {
  if (!isTable(value)) return context.plainSpan(value, path);
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
  const table = tableOf(context.file, rows, path, expression);
  noteCalendar(context, table, path);
  return table;
}

/** The rows of a table in file order; `default` stands for every other value. */
export function tableOf(file: FileReport, rows: { [is: string]: unknown }, path: Path, by: Expression): SpanOrTable {
  const table: Extract<SpanOrTable, { kind: 'table' }> = { kind: 'table', by, rows: [] };
  for (const [is, value] of Object.entries(rows)) {
    const read = parseSpan(value);
    if ('error' in read) file.at([...path, is], { code: 'CB211', message: read.error, hint: read.hint });
    else if (is === 'default') table.default = read.span;
    else table.rows.push({ is, span: read.span });
  }
  if (table.rows.length === 0 && table.default === undefined) {
    file.at(path, { code: 'CB211', message: 'the table has no length of time in it', hint: 'write default: 1d' });
  }
  return table;
}

/** A moment; a date in it is an expression over what steps see. */
export function momentOf(context: Context, value: unknown, path: Path): Moment {
  const read = parseMoment(value);
  if ('error' in read) {
    context.report('CB212', path, read.error, read.hint);
    return NO_SPAN;
  }
  const moment = finishMoment(read.moment, {
    table: (table) => spanOrTable(context, table, isTable(value) && 'until' in value ? [...path, 'until'] : path),
    date: (cel) => dateOf(context, cel, path, value),
  });
  noteCalendar(context, moment, path);
  return moment;
}

function dateOf(context: Context, cel: string, path: Path, value: unknown): Expression {
  const at = isTable(value) ? [...path, 'until'] : path;
  return context.expression(cel, at, { roots: ['trigger', 'steps', 'repeat'], counts: false });
}

/** Business time needs a calendar: the playbook's, else the settings' (section 4). */
export function noteCalendar(context: Context, moment: Moment | Span, path: Path): void {
  if (!needsCalendar(moment)) return;
  context.uses.calendar = true;
  if (context.frame.calendar !== undefined) return;
  const hint = 'set `calendar: office-eu` in the playbook or in settings.yaml';
  context.report('CB505', path, 'business time is counted, and no calendar is set', hint);
}

/** The span of a policy's target, which has the policy's own calendar. */
export function targetOf(
  file: FileReport,
  target: unknown,
  by: unknown,
  path: Path,
  subject: readonly string[],
): SpanOrTable {
  if (!isTable(target)) {
    const read = parseSpan(target);
    if (!('error' in read)) return read.span;
    file.at([...path, 'target'], { code: 'CB211', message: read.error, hint: read.hint });
    return NO_SPAN;
  }
  const only = Object.keys(target);
  if (by === undefined && only.length === 1 && only[0] === 'default') {
    return targetOf(file, target.default, undefined, path, subject);
  }
  if (by === undefined) {
    const hint = 'write by: ticket.priority beside the target';
    file.at([...path, 'target'], { code: 'CB203', message: '`by` is missing: what the target is read by', hint });
    return tableOf(file, target, [...path, 'target'], NO_EXPRESSION);
  }
  return tableOf(file, target, [...path, 'target'], expressionAt(file, by, [...path, 'by'], { roots: subject }));
}
