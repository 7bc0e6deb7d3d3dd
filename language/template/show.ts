/** One value in words, as a text shows it (Y2). */
import { readDate } from '../time/read-date.ts';
import { BusinessTime, formatInstant, formatNumber, type Reader } from './formats.ts';

/** Members of a list that are written out; more are counted. */
const MAX_LISTED = 1000;

/**
 * Absent is empty; an instant is in the reader's zone; a list is joined with commas; a person or a record is its
 * name, else its id; any other object is JSON, so that a mistake is seen.
 */
export function show(value: unknown, reader: Reader): string {
  switch (typeof value) {
    case 'string':
      return showText(value, reader);
    case 'number':
      return Number.isFinite(value) ? formatNumber(value, reader) : '';
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (value instanceof BusinessTime) return value.toString();
      return Array.isArray(value) ? showList(value, reader) : showObject(value as Record<string, unknown>);
    default:
      return '';
  }
}

function showText(text: string, reader: Reader): string {
  const read = readDate(text);
  return read !== undefined && 'at' in read ? formatInstant(read.at, reader) : text;
}

function showList(list: readonly unknown[], reader: Reader): string {
  const words: string[] = [];
  for (const member of list.slice(0, MAX_LISTED)) {
    // A list in a list is flattened one level: deeper ones are not text.
    const word = Array.isArray(member)
      ? member.map((inner) => showFlat(inner, reader)).join(', ')
      : showFlat(member, reader);
    if (word !== '') words.push(word);
  }
  if (list.length > MAX_LISTED) words.push(`… (${list.length - MAX_LISTED} more)`);
  return words.join(', ');
}

function showFlat(value: unknown, reader: Reader): string {
  return Array.isArray(value) ? JSON.stringify(value) : show(value, reader);
}

function showObject(object: Record<string, unknown>): string {
  for (const key of ['name', 'id']) {
    const own = Object.hasOwn(object, key) ? object[key] : undefined;
    if (typeof own === 'string' && own !== '') return own;
    if (typeof own === 'number') return String(own);
  }
  return JSON.stringify(object);
}
