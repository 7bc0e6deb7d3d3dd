/** What is stored of a record now: its traits with when each was written, and what is related to it. */
import { type Instant, type Json, RECORD_TYPES, type RecordType, type SubjectRef } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface StoredRecord {
  traits: { [name: string]: Json };
  createdAt: Instant;
  updatedAt: Instant;
}

/** Undefined of what is no record, or has none. */
export async function readRecord(client: Queryable, { type, id }: SubjectRef): Promise<StoredRecord | undefined> {
  const table = RECORD_TYPES.find((one) => one === type);
  if (table === undefined) return undefined;
  const { rows } = await client.query<StoredRecord>(
    `SELECT traits, created_at AS "createdAt", updated_at AS "updatedAt" FROM ${table}s WHERE id = $1`,
    [id],
  );
  return rows[0];
}

/** By trait, the event time of its latest write. */
export async function readTraitTimes(client: Queryable, { type, id }: SubjectRef): Promise<Map<string, Instant>> {
  const { rows } = await client.query<{ trait: string; at: Instant }>(
    'SELECT trait, max(at) AS at FROM trait_writes WHERE type = $1 AND id = $2 GROUP BY trait',
    [type, id],
  );
  return new Map(rows.map(({ trait, at }) => [trait, at]));
}

export interface RelatedRecord {
  type: RecordType;
  id: string;
  name: string | null;
}

const RELATED: { [type in RecordType]?: readonly RecordType[] } = {
  contact: ['deal', 'ticket'],
  account: ['contact', 'deal', 'ticket'],
};

/** Records that name this one, at most so many of each kind, by id. */
export async function readRelated(client: Queryable, { type, id }: SubjectRef, most: number): Promise<RelatedRecord[]> {
  const found: RelatedRecord[] = [];
  for (const table of RELATED[type as RecordType] ?? []) {
    const { rows } = await client.query<RelatedRecord>(
      `SELECT '${table}' AS type, id, traits ->> 'name' AS name FROM ${table}s WHERE ${type}_id = $1 ORDER BY id LIMIT $2`,
      [id, most],
    );
    found.push(...rows);
  }
  return found;
}
