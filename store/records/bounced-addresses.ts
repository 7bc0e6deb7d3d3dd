/** Which address a bounce holds for (P3): the one that its contact had at the place of the write. */
import type { Instant, Json } from '../../language/model.ts';
import { BOUNCED_TRAIT, placedWrite } from '../../language/records/suppression.ts';
import type { Queryable } from '../postgres/database.ts';
import type { RecordRef } from './records.ts';

/**
 * Finds the addresses of bounces that were just written, and anew of those behind an address that came late. A bounce from
 * before a merge is of the address of whoever it was told of.
 *
 * @returns what has another value by that
 */
export async function placeBounces(
  client: Queryable,
  writes: readonly (RecordRef & { trait: string; at: Instant })[],
): Promise<(RecordRef & { trait: string })[]> {
  const since = new Map<string, Instant>();
  for (const { type, id, trait, at } of writes) {
    if (type !== 'contact' || (trait !== 'email' && trait !== BOUNCED_TRAIT)) continue;
    since.set(id, Math.min(at, since.get(id) ?? at));
  }
  if (since.size === 0) return [];
  type Bounce = { id: string; at: Instant; receivedAt: Instant; arrival: number; value: Json; email: Json };
  const { rows } = await client.query<Bounce>(
    `SELECT b.id, b.at, b.received_at AS "receivedAt", b.arrival, b.value, e.value AS email
       FROM unnest($1::text[], $2::bigint[]) AS w (id, since)
       JOIN trait_writes b ON b.type = 'contact' AND b.id = w.id AND b.trait = '${BOUNCED_TRAIT}'
                          AND b.at >= cuebook_instant(w.since) AND b.value <> 'null'::jsonb
       LEFT JOIN LATERAL (SELECT e.value FROM trait_writes e
         WHERE e.type = 'contact' AND e.id = b.id AND e.trait = 'email'
           AND (e.at, e.received_at, e.arrival) <= (b.at, b.received_at, b.arrival)
           AND CASE WHEN b.of_id IS NULL THEN e.via_at IS NULL OR e.via_at <= b.at ELSE e.of_id = b.of_id END
         ORDER BY e.at DESC, e.received_at DESC, e.arrival DESC LIMIT 1) e ON true`,
    [[...since.keys()], [...since.values()]],
  );
  const placed = rows
    .map(({ email, ...row }) => ({ ...row, before: row.value, value: placedWrite(BOUNCED_TRAIT, true, { email }) }))
    .filter(({ before, value }) => before !== value);
  if (placed.length === 0) return [];
  await client.query(
    `UPDATE trait_writes b SET value = w.value
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, at bigint, "receivedAt" bigint, arrival bigint, value jsonb)
      WHERE b.type = 'contact' AND b.id = w.id AND b.trait = '${BOUNCED_TRAIT}' AND b.at = cuebook_instant(w.at)
        AND b.received_at = cuebook_instant(w."receivedAt") AND b.arrival = w.arrival`,
    [JSON.stringify(placed)],
  );
  return placed.map(({ id }) => ({ type: 'contact', id, trait: BOUNCED_TRAIT }));
}
