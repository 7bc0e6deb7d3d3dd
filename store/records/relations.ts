/** Which records name another one (E8): now, and ever. */
import type { Json, Traits } from '../../language/model.ts';
import { MAX_RELATED, type RelatedList } from '../../language/records/relations.ts';
import { type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';
import { RECORD_TABLES, type RecordRef } from './records.ts';

/** A list of one record: `account.tickets` of `acme`. */
export interface ListRef {
  list: RelatedList;
  /** Of the record whose list it is. */
  id: string;
}

/** The columns that copy the relations. */
const COLUMNS = { contactId: 'contact_id', accountId: 'account_id' } as const;

export function listKey({ list, id }: ListRef): string {
  return `${list.of}.${list.name}/${id}`;
}

/**
 * The records of lists now. At most one more than may be read of each: a list with that many is too long.
 *
 * @returns by `listKey`; a list without records is left out
 */
export async function readRelated(
  client: Queryable,
  wanted: readonly ListRef[],
): Promise<Map<string, { id: string; traits: Traits }[]>> {
  const found = new Map<string, { id: string; traits: Traits }[]>();
  for (const [list, ids] of byList(wanted)) {
    const { rows } = await client.query<{ owner: string; id: string; traits: Traits }>(
      `SELECT w.id AS owner, r.id, r.traits
         FROM unnest($1::text[]) AS w (id)
         CROSS JOIN LATERAL (SELECT id, traits FROM ${RECORD_TABLES[list.type]}
                              WHERE ${COLUMNS[list.by]} = w.id LIMIT ${MAX_RELATED + 1}) r`,
      [ids],
    );
    for (const { owner, id, traits } of rows) push(found, listKey({ list, id: owner }), { id, traits });
  }
  return found;
}

/**
 * The records that have ever named the owners of lists, at most one more than are read of each.
 *
 * @returns by `listKey`; a list that never had a record is left out
 */
export async function readEverRelated(
  client: Queryable,
  wanted: readonly ListRef[],
): Promise<Map<string, RecordRef[]>> {
  const found = new Map<string, RecordRef[]>();
  for (const [list, ids] of byList(wanted)) {
    const { rows } = await client.query<{ owner: string; id: string }>(
      `SELECT w.id AS owner, t.id
         FROM unnest($1::text[]) AS w (id)
         CROSS JOIN LATERAL (SELECT DISTINCT id FROM trait_writes
                              WHERE trait = '${list.by}' AND value #>> '{}' = w.id AND type = $2
                              LIMIT ${MAX_RELATED + 1}) t`,
      [ids, list.type],
    );
    for (const { owner, id } of rows) push(found, listKey({ list, id: owner }), { type: list.type, id });
  }
  return found;
}

/** The traits by which a record names its relations (E8). */
export const RELATION_TRAITS = ['contactId', 'accountId'] as const;

/** What a record named at an event's place. */
export interface RelationThen extends RecordRef {
  /** Of the event. */
  arrival: number;
  trait: (typeof RELATION_TRAITS)[number];
  /** Null where it named none. */
  value: Json;
  /** Of the write that says so. */
  place: Place | undefined;
}

/** A record at an event's place. One that is merged away has no row any more, only what was written to it (E6). */
export type WantedRelation = RecordRef & Pick<TimelineEvent, 'at' | 'receivedAt' | 'arrival'> & { isMerged: boolean };

/**
 * Relations of records that events name, as of the event's place, where they were written again after it, or where the
 * record is merged away. Most events are the latest of their records: nothing is found.
 */
export async function readRelationsThen(client: Queryable, wanted: readonly WantedRelation[]): Promise<RelationThen[]> {
  if (wanted.length === 0) return [];
  const { rows } = await client.query<
    Omit<RelationThen, 'place' | 'value'> & { value: Json; at: number | null; receivedAt: number; wrote: number }
  >(
    `SELECT w.arrival, w.type, w.id, n.trait, coalesce(t.value, 'null'::jsonb) AS value,
            t.at, t.received_at AS "receivedAt", t.arrival AS wrote
       FROM (SELECT u.*, cuebook_instant(u.at_ms) AS at, cuebook_instant(u.received_ms) AS received_at
               FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[])
                 AS u (type, id, at_ms, received_ms, arrival, merged)) w
       CROSS JOIN unnest($7::text[]) AS n (trait)
       CROSS JOIN LATERAL (SELECT WHERE w.merged
                           UNION ALL
                           SELECT FROM trait_writes b
                            WHERE b.type = w.type AND b.id = w.id AND b.trait = n.trait
                              AND ((b.at, b.received_at, b.arrival) > (w.at, w.received_at, w.arrival) OR b.via_at > w.at)
                            LIMIT 1) behind
       LEFT JOIN LATERAL (SELECT value, at, received_at, arrival FROM trait_writes f
                           WHERE f.type = w.type AND f.id = w.id AND f.trait = n.trait
                             AND (f.at, f.received_at, f.arrival) < (w.at, w.received_at, w.arrival)
                             AND (f.via_at IS NULL OR f.via_at <= w.at)
                           ORDER BY f.at DESC, f.received_at DESC, f.arrival DESC LIMIT 1) t ON true
      WHERE w.type <> 'contact' OR n.trait <> 'contactId'`,
    [
      wanted.map((one) => one.type),
      wanted.map((one) => one.id),
      wanted.map((one) => one.at),
      wanted.map((one) => one.receivedAt),
      wanted.map((one) => one.arrival),
      wanted.map((one) => one.isMerged),
      [...RELATION_TRAITS],
    ],
  );
  return rows.map(({ at, receivedAt, wrote, ...row }) => ({
    ...row,
    place: at === null ? undefined : placeOfEvent({ at, receivedAt, arrival: wrote }),
  }));
}

function byList(wanted: readonly ListRef[]): Map<RelatedList, string[]> {
  const ids = new Map<RelatedList, string[]>();
  for (const { list, id } of wanted) push(ids, list, id);
  return ids;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
