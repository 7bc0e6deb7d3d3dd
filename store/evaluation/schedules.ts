/** How far the walks of schedules have come (T11), and the subjects that they walk. */
import type { Instant, RecordType } from '../../language/model.ts';
import { hasRow, type Queryable } from '../postgres/database.ts';
import { RECORD_TABLES } from '../records/records.ts';

export interface ScheduleKey {
  playbook: string;
  arm: number;
  /** The zone by which its subjects count; empty in the row that looks for new zones. */
  zone: string;
}

export interface ScheduleRow extends ScheduleKey {
  triggerHash: string;
  nextAt: Instant;
  cursor: string | null;
}

const COLUMNS = 'playbook, arm, zone, trigger_hash AS "triggerHash", next_at AS "nextAt", cursor';

/** Keeps other evaluators from adding and deleting rows until the transaction ends. Waits for walks that have begun; others wait. */
export async function lockSchedules(client: Queryable): Promise<void> {
  await client.query('LOCK TABLE schedules IN SHARE ROW EXCLUSIVE MODE');
}

/** Keeps `lockSchedules` of others waiting until the transaction ends; any number of transactions may do that at once. */
export async function holdSchedules(client: Queryable): Promise<void> {
  await client.query('LOCK TABLE schedules IN ROW EXCLUSIVE MODE');
}

export async function readSchedules(client: Queryable): Promise<ScheduleRow[]> {
  const { rows } = await client.query<ScheduleRow>(`SELECT ${COLUMNS} FROM schedules ORDER BY playbook, arm, zone`);
  return rows;
}

/** Rows that are there already stay as they are. */
export async function insertSchedules(client: Queryable, rows: readonly ScheduleRow[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO schedules (playbook, arm, zone, trigger_hash, next_at, cursor)
     SELECT playbook, arm, zone, "triggerHash", cuebook_instant("nextAt"), cursor FROM jsonb_to_recordset($1::jsonb)
       AS w (playbook text, arm int, zone text, "triggerHash" text, "nextAt" bigint, cursor text)
     ON CONFLICT (playbook, arm, zone) DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

export async function deleteSchedules(client: Queryable, keys: readonly ScheduleKey[]): Promise<void> {
  if (keys.length === 0) return;
  await client.query(
    `DELETE FROM schedules s USING unnest($1::text[], $2::int[], $3::text[]) AS w (playbook, arm, zone)
      WHERE s.playbook = w.playbook AND s.arm = w.arm AND s.zone = w.zone`,
    [keys.map((key) => key.playbook), keys.map((key) => key.arm), keys.map((key) => key.zone)],
  );
}

/** The row that has been due for longest, locked until the transaction ends; rows that are locked by others are skipped. */
export async function claimSchedule(client: Queryable, before: Instant): Promise<ScheduleRow | undefined> {
  // First of all: else `lockSchedules` of another would wait for this row, and this transaction for its table.
  await holdSchedules(client);
  const { rows } = await client.query<ScheduleRow>(
    `SELECT ${COLUMNS} FROM schedules WHERE next_at < cuebook_instant($1)
      ORDER BY next_at, playbook, arm, zone LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [before],
  );
  return rows[0];
}

/** The caller holds the row. */
export async function moveSchedule(client: Queryable, row: ScheduleRow): Promise<void> {
  await client.query(
    `UPDATE schedules SET next_at = cuebook_instant($4), cursor = $5 WHERE playbook = $1 AND arm = $2 AND zone = $3`,
    [row.playbook, row.arm, row.zone, row.nextAt, row.cursor],
  );
}

export async function hasScheduleBefore(client: Queryable, before: Instant): Promise<boolean> {
  return hasRow(client, 'SELECT FROM schedules WHERE next_at < cuebook_instant($1)', [before]);
}

/**
 * True while an event that was received by an instant, and takes effect no later than it, has not been consumed: it may
 * write the record of a subject. Dead letters are not waited for.
 */
export async function hasPendingUpTo(client: Queryable, at: Instant): Promise<boolean> {
  return hasRow(
    client,
    `SELECT FROM pending_events WHERE set_aside_at IS NULL AND at <= cuebook_instant($1)
        AND received_at <= cuebook_instant($1)`,
    [at],
  );
}

/** More than there are names of zones: other values of the trait are slips, and there are few kinds of those. */
const MAX_ZONES = 2_000;

/**
 * The values that records of a type have as `time_zone`, each once, cut at 65 characters; zones or not. Reads one index
 * entry per value, not each record.
 */
export async function readOwnZones(client: Queryable, type: RecordType): Promise<string[]> {
  const table = RECORD_TABLES[type];
  const { rows } = await client.query<{ zone: string }>(
    `WITH RECURSIVE zones AS (
       (SELECT time_zone AS zone FROM ${table} WHERE time_zone IS NOT NULL ORDER BY time_zone LIMIT 1)
       UNION ALL
       SELECT (SELECT t.time_zone FROM ${table} t WHERE t.time_zone > z.zone ORDER BY t.time_zone LIMIT 1)
         FROM zones z WHERE z.zone IS NOT NULL)
     SELECT zone FROM zones WHERE zone IS NOT NULL LIMIT ${MAX_ZONES}`,
  );
  return rows.map((row) => row.zone);
}

/** Which records a walk is about: those whose zone is written in one of some ways, or in none of them, or all. */
export type WalkedZone = { is: readonly string[] } | { isNone: readonly string[] } | 'any';

/** The next `limit` records of a type after a cursor: null before the first. */
export interface WalkedRecords {
  type: RecordType;
  zone: WalkedZone;
  cursor: string | null;
  limit: number;
}

/** Ids of records after a cursor, in the database's order of ids. */
export async function readIdsAfter(client: Queryable, { type, zone, cursor, limit }: WalkedRecords): Promise<string[]> {
  const table = RECORD_TABLES[type];
  // Each spelling is one range of the index, read up to the limit: several at once would be read whole, and sorted.
  const from =
    typeof zone === 'object' && 'is' in zone
      ? `unnest($3::text[]) AS spelt(zone) CROSS JOIN LATERAL
           (SELECT id FROM ${table} WHERE time_zone = spelt.zone AND id > $1 ORDER BY id LIMIT $2) AS of_zone`
      : `${table} WHERE id > $1 AND ($3::text[] IS NULL OR time_zone IS NULL OR time_zone <> ALL($3::text[]))`;
  const spellings = zone === 'any' ? null : 'is' in zone ? zone.is : zone.isNone;
  const { rows } = await client.query<{ id: string }>(`SELECT id FROM ${from} ORDER BY id LIMIT $2`, [
    cursor ?? '',
    limit,
    spellings,
  ]);
  return rows.map((row) => row.id);
}
