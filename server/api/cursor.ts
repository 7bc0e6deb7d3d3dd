/** Where a page of a list ends: opaque to whoever carries it, and checked when it comes back. */
import { z } from 'zod';
import { isoInstant } from '../../language/time/instants.ts';
import { Problem } from '../problems.ts';

/** What PostgreSQL holds as an instant, and more than any number of a row. */
const MAX_AT = 9_000_000_000_000_000;
const placed = z.tuple([
  z.int().min(-MAX_AT).max(MAX_AT),
  z
    .string()
    .max(2_000)
    .regex(/^[^\0]*$/),
]);

/** The place of a row in a list that is ordered by an instant, then an id. */
export interface Place {
  at: number;
  id: string;
}

export function cursorOf({ at, id }: Place): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** @throws Problem `invalid_query` for what no page has answered. */
export function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [at, id] = placed.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { at, id };
  } catch {
    throw new Problem('invalid_query', 'Send what the page before answered as `next`.', { pointer: '/after' });
  }
}

/**
 * @param rows one more than the page holds, where there is one
 * @param place of a row in the list
 */
export function pageOf<R, T>(
  rows: readonly R[],
  limit: number,
  { place, shown }: { place(row: R): Place; shown(row: R): T },
) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(shown), next: rows.length > limit && last !== undefined ? cursorOf(place(last)) : null };
}

export const iso = (at: number): string => isoInstant(at);
export const isoOrNull = (at: number | null | undefined): string | null => (at == null ? null : isoInstant(at));
