/** What PostgreSQL's jsonb can hold, made or checked before a call is looked at. */
import type { Json } from '../language/model.ts';
import { Refused } from './refusal.ts';

/** Deeper values are refused: nothing that events describe is nested so deep, and every reader of them recurses. */
export const MAX_DEPTH = 32;

/**
 * The same value with characters that jsonb refuses (NUL, half a surrogate pair, as a text cut in the middle of an
 * emoji has) replaced by U+FFFD.
 *
 * @param path where it stands in its call
 * @throws Refused at a number beyond the range of a double, a value nested too deep, and a member `__proto__`.
 */
export function storableValue(value: unknown, path: readonly (string | number)[]): Json {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Refused('not_storable', path, 'The number is out of range.');
  if (typeof value !== 'object' || value === null) return value as Json;
  if (path.length >= MAX_DEPTH) throw new Refused('not_storable', path, `Values may be nested ${MAX_DEPTH} deep.`);
  if (Array.isArray(value)) return value.map((item, i) => storableValue(item, [...path, i]));
  const clean: { [name: string]: Json } = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw new Refused('not_storable', path, 'A member may not be called "__proto__".');
    clean[cleanText(name)] = storableValue(member, [...path, name]);
  }
  return clean;
}

function cleanText(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, '\uFFFD');
}
