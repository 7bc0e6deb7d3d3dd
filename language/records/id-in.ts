/** What names a record or a colleague where it is looked for: in calls, traits and paths (E8). */

/** An id, written as a text or as a number: the two are one. Undefined for anything else, and for an empty text. */
export function idIn(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
