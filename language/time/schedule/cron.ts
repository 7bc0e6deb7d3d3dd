/**
 * The five fields of cron: minute, hour, day of month, month, weekday. Each is `*` or a list of numbers, names, ranges
 * and steps: `0`, `1,15`, `MON-FRI`, `8-18/2`.
 */

import { didYouMean } from '../../diagnostics/nearest.ts';
import type { Fault } from '../duration.ts';
import type { Schedule } from './fields.ts';

interface Field {
  name: string;
  least: number;
  most: number;
  names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** As cron counts: Sunday is 0, and 7 as well. */
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly [Field, Field, Field, Field, Field] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, names: MONTHS },
  { name: 'weekday', least: 0, most: 7, names: WEEKDAYS },
];
const ORDER = 'the fields are minute, hour, day of month, month, weekday: "0 9 * * MON"';

export function readCron(text: string): { schedule: Schedule } | Fault {
  const parts = text.split(/\s+/);
  if (parts.length !== FIELDS.length) {
    return { error: `"${text}" has ${parts.length} fields, and cron has 5`, hint: ORDER };
  }
  const values: number[][] = [];
  for (const [i, field] of FIELDS.entries()) {
    const read = readField(parts[i]!, field);
    if ('error' in read) return read;
    values.push(read.values);
  }
  const [minutes, hours, daysOfMonth, months, weekdays] = values as [number[], number[], number[], number[], number[]];
  return {
    schedule: {
      minutes,
      hours,
      daysOfMonth,
      months,
      // Monday first, as everywhere here; 0 and 7 are both Sunday.
      weekdays: sorted(weekdays.map((day) => (day + 6) % 7)),
      either: !parts[2]!.startsWith('*') && !parts[4]!.startsWith('*'),
    },
  };
}

function readField(text: string, field: Field): { values: number[] } | Fault {
  const values: number[] = [];
  for (const part of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(part) ?? [];
    if (range === '' || Number(step ?? 1) === 0) return fault(part, field);
    const [from = '', to, ...more] = range.split('-');
    const all = range === '*';
    const first = all ? field.least : numberOf(from, field);
    // `5/15` goes on from 5 to the end.
    const open = all || (to === undefined && step !== undefined);
    const last = open ? lastOf(field) : numberOf(to ?? from, field);
    if (first === undefined || last === undefined || more.length > 0) return fault(part, field);
    if (first > last) {
      return { error: `"${part}" goes backwards in the ${field.name} of the schedule`, hint: rangeOf(field) };
    }
    for (let value = first; value <= last; value += Number(step ?? 1)) values.push(value);
  }
  return { values: sorted(values) };
}

/** Of `*` alone: 7 is another word for Sunday, and no eighth day. */
function lastOf(field: Field): number {
  return field.names === WEEKDAYS ? 6 : field.most;
}

function numberOf(text: string, field: Field): number | undefined {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  if (named >= 0) return field.least + named;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= field.least && value <= field.most ? value : undefined;
}

function fault(part: string, field: Field): Fault {
  const word = /[a-z]+/i.exec(part)?.[0];
  const near = word === undefined || field.names === undefined ? undefined : didYouMean(word, field.names);
  const hint = near?.startsWith('did you mean') ? near : rangeOf(field);
  return { error: `"${part}" is no ${field.name} of a schedule`, hint };
}

function rangeOf({ name, least, most, names }: Field): string {
  const words = names === undefined ? '' : `, or ${names.join(', ')}`;
  return `a ${name} is ${least} to ${most}${words}; *, lists (1,15), ranges (1-5) and steps (*/2) are read`;
}

function sorted(values: number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
