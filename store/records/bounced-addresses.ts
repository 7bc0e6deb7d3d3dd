/** Which address a bounce holds for (P3): the one that its contact had at the place of the write. */
import type { Instant, Json } from '../../language/model.ts';
import { addressKey, BOUNCED_TRAIT } from '../../language/records/suppression.ts';
import type { Queryable } from '../postgres/database.ts';
import type { RecordRef } from './records.ts';

/**
 * Finds the addresses of bounces that were just written, and anew of those behind an address that came late. A bounce from
 * before a merge is of the address of whoever it was told of, with what had been merged into that one by then; one of a contact
 * without an address is none.
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
  const { rows } = await client.query<Bounce>(BOUNCES, [[...since.keys()], [...since.values()]]);
  const placed = rows.map((row) => ({ ...row, address: addressKey({ email: row.email }) }));
  const changed = placed.filter(({ value, address }) => value !== address);
  if (changed.length === 0) return [];
  await client.query(PLACE, [JSON.stringify(changed.filter(({ address }) => address !== undefined))]);
  await client.query(FORGET, [JSON.stringify(changed.filter(({ address }) => address === undefined))]);
  return changed.map(({ id }) => ({ type: 'contact', id, trait: BOUNCED_TRAIT }));
}

interface Bounce {
  id: string;
  at: Instant;
  receivedAt: Instant;
  arrival: number;
  /** The address that it is known to be of, or `true`. */
  value: Json;
  /** The contact's, at the place of the bounce. */
  email: Json;
}

const BOUNCES = `
  SELECT b.id, b.at, b.received_at AS "receivedAt", b.arrival, b.value, e.value AS email
    FROM unnest($1::text[], $2::bigint[]) AS w (id, since)
    JOIN trait_writes b ON b.type = 'contact' AND b.id = w.id AND b.trait = '${BOUNCED_TRAIT}'
                       AND b.at >= cuebook_instant(w.since) AND b.value <> 'null'::jsonb
    LEFT JOIN LATERAL (SELECT e.value FROM trait_writes o JOIN trait_writes e
        ON e.type = 'contact' AND e.id = o.id AND e.trait = 'email'
       AND (e.at, e.received_at, e.arrival) <= (b.at, b.received_at, b.arrival)
       AND (e.via IS NULL OR (e.via_at, e.via) <= (b.at, b.arrival))
      -- Of whom it was told: the contact on whose record it was at its own place, before what merged that one away.
      WHERE o.type = 'contact' AND o.trait = '${BOUNCED_TRAIT}' AND o.arrival = b.arrival AND o.at = b.at
        AND (o.via IS NULL OR (o.via_at, o.via) <= (b.at, b.arrival))
      ORDER BY e.at DESC, e.received_at DESC, e.arrival DESC LIMIT 1) e ON true`;

const PLACES = `jsonb_to_recordset($1::jsonb) AS w (id text, at bigint, "receivedAt" bigint, arrival bigint, address text)
   WHERE b.type = 'contact' AND b.id = w.id AND b.trait = '${BOUNCED_TRAIT}' AND b.at = cuebook_instant(w.at)
     AND b.received_at = cuebook_instant(w."receivedAt") AND b.arrival = w.arrival`;
const PLACE = `UPDATE trait_writes b SET value = to_jsonb(w.address) FROM ${PLACES}`;
const FORGET = `DELETE FROM trait_writes b USING ${PLACES}`;
