/** What was written to contacts' records, with what merges brought them (E6). */
import type { Queryable } from '../postgres/database.ts';
import type { TraitWrite } from './records.ts';

export interface ContactWrite extends TraitWrite {
  /** The merge by which it is read there, by its arrival; null where it is the contact's own. */
  via: number | null;
}

/** @returns in E4's order, at most `limit` where that is given */
export async function readContactWrites(
  client: Queryable,
  ids: readonly string[],
  options: { limit?: number } = {},
): Promise<ContactWrite[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<ContactWrite>(
    `SELECT t.type, t.id, t.trait, t.value, t.at, t.received_at AS "receivedAt", t.arrival, t.via FROM trait_writes t
      WHERE t.type = 'contact' AND t.id = ANY($1::text[])
      ORDER BY t.at, t.received_at, t.arrival LIMIT $2`,
    [ids, options.limit ?? null],
  );
  return rows;
}
