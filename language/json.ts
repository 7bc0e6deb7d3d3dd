import type { Json } from './model.ts';

/** Whether a value is a map: an object that is no list. */
export function isJsonObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper values are refused: nothing that records describe is nested so deep, and every reader of them recurses. */
export const MAX_DEPTH = 32;

/**
 * The same value with characters that jsonb refuses (NUL, half a surrogate pair, as a text cut in the middle of an
 * emoji has) replaced by U+FFFD.
 *
 * @param path where it stands
 * @param refuse called for a number beyond the range of a double, a value nested too deep, and a member `__proto__`
 */
export function storable(
  value: unknown,
  path: readonly (string | number)[],
  refuse: (path: readonly (string | number)[], message: string) => never,
): Json {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return refuse(path, 'The number is out of range.');
  if (typeof value !== 'object' || value === null) return value as Json;
  if (path.length >= MAX_DEPTH) return refuse(path, `Values may be nested ${MAX_DEPTH} deep.`);
  if (Array.isArray(value)) return value.map((item, i) => storable(item, [...path, i], refuse));
  const clean: { [name: string]: Json } = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') return refuse(path, 'A member may not be called "__proto__".');
    clean[cleanText(name)] = storable(member, [...path, name], refuse);
  }
  return clean;
}

function cleanText(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, '\uFFFD');
}

/** As `storable`; undefined where it refuses, or the value cannot be read. */
export function ifStorable(value: unknown): Json | undefined {
  try {
    return storable(value, [], (_, message) => {
      throw new RangeError(message);
    });
  } catch {
    return undefined;
  }
}
