/** What functions of expressions name in quotes: segments, calendars, lengths. It is known when the expression is compiled. */
import type { Calendar, Expression, Refers, SubjectType } from '../model.ts';
import { parseSpan } from '../time/duration.ts';
import type { Call, Node } from './tree.ts';

/** What cannot be named, and why; `code` is CB301 unless said. */
export interface NameFault {
  error: string;
  hint?: string;
  code?: string;
}

/** What an expression may name where it stands. */
export interface Around {
  /** The condition of a segment; nothing where the segment has faults of its own, which are reported there. */
  segment(name: string): Expression | NameFault | undefined;
  /** Of what a segment is, whatever the subject here is: for overviews. Nothing where it has faults of its own. */
  typeOf(segment: string): SubjectType | NameFault | undefined;
  calendar(name: string): Calendar | NameFault | undefined;
  /** The calendar in which business days count. */
  ownCalendar(): Calendar | NameFault | undefined;
}

type Named = { refers: Refers } | (NameFault & { at?: Node });

const NOT_HERE: NameFault = { error: 'nothing can be named here' };

/** What a call names, as it means it; undefined for calls that name nothing. */
export function namedBy(call: Call, around: Around | undefined): Named | undefined {
  const [at] = call.args;
  if (call.name === 'business_days') return calendarOf(around === undefined ? NOT_HERE : around.ownCalendar(), true);
  if (!['in_segment', 'is_open', 'duration'].includes(call.name) || at === undefined) return undefined;
  const name = at.op === 'value' ? at.args : undefined;
  if (typeof name !== 'string') {
    const example = { in_segment: '"vip"', is_open: '"support-eu"', duration: '"7d"' }[call.name];
    return { at, error: `\`${call.name}\` takes a text in quotes`, hint: `${call.name}(${example})` };
  }
  if (call.name === 'duration') return lengthFault(name, at);
  const found =
    call.name === 'in_segment'
      ? segmentOf(around, name)
      : calendarOf(around?.calendar(name) ?? (around ? undefined : NOT_HERE));
  return found !== undefined && 'error' in found ? { at, ...found } : found;
}

function segmentOf(around: Around | undefined, name: string): Named | undefined {
  const found = around === undefined ? NOT_HERE : around.segment(name);
  if (found === undefined) return undefined;
  return 'error' in found ? found : { refers: { segments: { [name]: found } } };
}

function calendarOf(found: Calendar | NameFault | undefined, isOwn = false): Named | undefined {
  if (found === undefined) return undefined;
  if ('error' in found) return found;
  return { refers: { calendars: { [found.name]: found }, ...(isOwn && { calendar: found.name }) } };
}

function lengthFault(text: string, at: Node): Named | undefined {
  const read = parseSpan(text);
  if ('error' in read) return { at, error: read.error, ...(read.hint && { hint: read.hint }), code: 'CB211' };
  if (read.span.kind === 'exact') return undefined;
  const hint =
    read.span.kind === 'business-days'
      ? `write business_days(${read.span.days})`
      : 'business hours are counted by waits and due dates';
  return { at, error: `"${text}" is counted in a calendar, and \`duration\` is exact`, hint, code: 'CB211' };
}
