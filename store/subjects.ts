/** Subjects as they are evaluated: their locks, and how far their timelines have been consumed. */
import type { Instant, SubjectRef, SubjectType } from '../language/model.ts';
import type { Place } from '../language/timeline.ts';
import type { Queryable } from './database.ts';

export interface SubjectRow {
  subject: SubjectRef;
  /** The place up to which its timeline has been consumed. */
  head: Place | undefined;
}

interface Row {
  type: SubjectType;
  id: string;
  head_at: Instant | null;
  head_round: number;
  head_phase: Place['phase'];
  head_received_at: Instant | null;
  head_arrival: number;
}

const COLUMNS = 's.type, s.id, s.head_at, s.head_round, s.head_phase, s.head_received_at, s.head_arrival';

/**
 * Locks subjects together, in (type, id) order, before any row of their state (architecture, decision 10); rows that are
 * missing are made. With `skipLocked` those that somebody holds are left out of the answer.
 */
export async function lockSubjects(
  client: Queryable,
  refs: readonly SubjectRef[],
  options: { skipLocked?: boolean } = {},
): Promise<SubjectRow[]> {
  if (refs.length === 0) return [];
  const unique = [...new Map(refs.map((ref) => [`${ref.type}/${ref.id}`, ref])).values()];
  const values = [unique.map((ref) => ref.type), unique.map((ref) => ref.id)];
  await client.query(
    `INSERT INTO subjects (type, id) SELECT * FROM unnest($1::text[], $2::text[]) AS w (type, id) ORDER BY 1, 2
     ON CONFLICT DO NOTHING`,
    values,
  );
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM subjects s
      WHERE (s.type, s.id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
      ORDER BY s.type, s.id FOR UPDATE${options.skipLocked ? ' SKIP LOCKED' : ''}`,
    values,
  );
  return rows.map((row) => ({ subject: { type: row.type, id: row.id }, head: headOf(row) }));
}

function headOf(row: Row): Place | undefined {
  if (row.head_at === null) return undefined;
  return {
    at: row.head_at,
    round: row.head_round,
    phase: row.head_phase,
    receivedAt: row.head_received_at ?? 0,
    arrival: row.head_arrival,
  };
}

/** Moves heads on; the caller holds the locks. */
export async function writeHeads(
  client: Queryable,
  heads: readonly { subject: SubjectRef; head: Place }[],
): Promise<void> {
  if (heads.length === 0) return;
  await client.query(
    `UPDATE subjects s SET head_at = cuebook_instant(w.at), head_round = w.round, head_phase = w.phase,
            head_received_at = cuebook_instant(w.received_at), head_arrival = w.arrival
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::text[], $6::bigint[], $7::bigint[])
         AS w (type, id, at, round, phase, received_at, arrival)
      WHERE s.type = w.type AND s.id = w.id`,
    [
      heads.map((h) => h.subject.type),
      heads.map((h) => h.subject.id),
      heads.map((h) => h.head.at),
      heads.map((h) => h.head.round),
      heads.map((h) => h.head.phase),
      heads.map((h) => h.head.receivedAt),
      heads.map((h) => h.head.arrival),
    ],
  );
}
