/** What was written to contacts' records, with what merges brought them (E6). */
import type { Queryable } from '../postgres/database.ts';
import type { TraitWrite } from './records.ts';

export interface ContactWrite extends TraitWrite {
  /** The merge by which it is read there, by its arrival; null where it is the contact's own. */
  via: number | null;
}

/** @returns in E4's order; of what merges brought only what came by `vias`, where those are given */
export async function readContactWrites(
  client: Queryable,
  ids: readonly string[],
  options: { vias?: readonly number[]; limit?: number } = {},
): Promise<ContactWrite[]> {
  const { rows } = await client.query<ContactWrite>(
    `SELECT t.type, t.id, t.trait, t.value, t.at, t.received_at AS "receivedAt", t.arrival, t.via FROM trait_writes t
      WHERE t.type = 'contact' AND t.id = ANY($1::text[]) AND (t.via IS NULL OR $2::bigint[] IS NULL OR t.via = ANY($2))
      ORDER BY t.at, t.received_at, t.arrival LIMIT $3`,
    [ids, options.vias ?? null, options.limit ?? null],
  );
  return rows;
}
