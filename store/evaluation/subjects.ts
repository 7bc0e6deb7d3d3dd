/** Subjects as they are evaluated: their locks, and how far their timelines have been consumed. */
import type { Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';
import { together } from '../postgres/together.ts';

export interface SubjectRow {
  subject: SubjectRef;
  /** The place up to which its timeline has been consumed. */
  head: Place | undefined;
  /** How many events were consumed, and how many at its newest checkpoint; 0 where it has none (E5). */
  consumed: number;
  checkpointed: number;
  /** The number of the latest rebuild that its state has been through (T18). */
  rebuilt: number;
}

/** Whether an error says that a lock was waited for in vain. */
export function isLockTimeout(error: unknown): boolean {
  return (error as { code?: unknown }).code === '55P03';
}

/** The columns of a head, as `subjects` has them. */
export interface HeadColumns {
  head_at: Instant | null;
  head_round: number;
  head_phase: Place['phase'];
  head_received_at: Instant | null;
  head_arrival: number;
}

interface Row extends HeadColumns {
  type: SubjectType;
  id: string;
  consumed: number;
  checkpointed: number;
  rebuilt: number;
}

const COLUMNS = `s.type, s.id, s.head_at, s.head_round, s.head_phase, s.head_received_at, s.head_arrival, s.consumed,
  s.checkpointed, s.rebuilt`;

export interface LockSubjects {
  /** Those that another transaction holds are left out. */
  skipLocked?: boolean;
  /** For so long each is waited for; then the transaction fails (`isLockTimeout`). Without it, as long as any statement may take. */
  patienceMs?: number | undefined;
}

/**
 * Locks subjects together, in (type, id) order, before any row of their state (architecture, decision 10); rows that are
 * missing are made. What is asked of the same client behind this call is answered under the locks.
 */
export async function lockSubjects(
  client: Queryable,
  refs: readonly SubjectRef[],
  { skipLocked = false, patienceMs }: LockSubjects = {},
): Promise<SubjectRow[]> {
  if (refs.length === 0) return [];
  const [, , { rows }] = await together([
    patienceMs !== undefined && client.query(`SET LOCAL lock_timeout = ${Math.ceil(patienceMs)}`),
    makeSubjects(client, refs),
    client.query<Row>(
      `SELECT ${COLUMNS} FROM subjects s
        WHERE (s.type, s.id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
        ORDER BY s.type, s.id FOR UPDATE${skipLocked ? ' SKIP LOCKED' : ''}`,
      columnsOf(refs),
    ),
    patienceMs !== undefined && client.query('SET LOCAL lock_timeout = 0'),
  ]);
  return rows.map((row) => {
    const { type, id, consumed, checkpointed, rebuilt } = row;
    return { subject: { type, id }, head: headOf(row), consumed, checkpointed, rebuilt };
  });
}

/**
 * Makes the rows that are missing. Who makes the same ones waits for the end of the transaction: one that goes on for long has
 * them made outside of it, before.
 */
export async function makeSubjects(client: Queryable, refs: readonly SubjectRef[]): Promise<void> {
  await client.query(
    `INSERT INTO subjects (type, id) SELECT * FROM unnest($1::text[], $2::text[]) AS w (type, id) ORDER BY 1, 2
     ON CONFLICT DO NOTHING`,
    columnsOf(refs),
  );
}

/** The types and the ids, each subject once. */
function columnsOf(refs: readonly SubjectRef[]): [string[], string[]] {
  const unique = [...new Map(refs.map((ref) => [subjectKey(ref), ref])).values()];
  return [unique.map((ref) => ref.type), unique.map((ref) => ref.id)];
}

export function headOf(row: HeadColumns): Place | undefined {
  if (row.head_at === null) return undefined;
  return {
    at: row.head_at,
    round: row.head_round,
    phase: row.head_phase,
    receivedAt: row.head_received_at ?? 0,
    arrival: row.head_arrival,
  };
}

/** Moves heads on, and what is counted with them; the caller holds the locks. */
export async function writeHeads(client: Queryable, rows: readonly (SubjectRow & { head: Place })[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query(
    `UPDATE subjects s SET head_at = cuebook_instant(w.at), head_round = w.round, head_phase = w.phase,
            head_received_at = cuebook_instant(w.received_at), head_arrival = w.arrival, consumed = w.consumed,
            checkpointed = w.checkpointed, rebuilt = w.rebuilt
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::text[], $6::bigint[], $7::bigint[], $8::int[],
                   $9::int[], $10::int[])
         AS w (type, id, at, round, phase, received_at, arrival, consumed, checkpointed, rebuilt)
      WHERE s.type = w.type AND s.id = w.id`,
    [
      rows.map((row) => row.subject.type),
      rows.map((row) => row.subject.id),
      rows.map((row) => row.head.at),
      rows.map((row) => row.head.round),
      rows.map((row) => row.head.phase),
      rows.map((row) => row.head.receivedAt),
      rows.map((row) => row.head.arrival),
      rows.map((row) => row.consumed),
      rows.map((row) => row.checkpointed),
      rows.map((row) => row.rebuilt),
    ],
  );
}

/** Subjects that are merged into others: they have no timeline of their own to be looked at any more (E6). */
export async function deleteSubjects(client: Queryable, refs: readonly SubjectRef[]): Promise<void> {
  if (refs.length === 0) return;
  await client.query(
    `UPDATE subjects s SET head_at = NULL, consumed = 0, checkpointed = 0
       FROM unnest($1::text[], $2::text[]) AS w (type, id) WHERE s.type = w.type AND s.id = w.id`,
    [refs.map((ref) => ref.type), refs.map((ref) => ref.id)],
  );
}
