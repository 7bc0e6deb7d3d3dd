/** Checkpoints: states of a subject at places of its timeline, from which it is replayed after a late event (E5). */
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Checkpoint, StateEntry } from '../../triggers/engine/state.ts';
import type { Queryable } from '../postgres/database.ts';

interface Row {
  at: Instant;
  phase: Place['phase'];
  received_at: Instant;
  arrival: number;
  consumed: number;
  slots: StateEntry[];
}

/** Of one subject, the newest first; five at most. The caller holds the subject's lock. */
export async function loadCheckpoints(client: Queryable, subject: SubjectRef): Promise<Checkpoint[]> {
  const { rows } = await client.query<Row>(
    `SELECT at, phase, received_at, arrival, consumed, slots FROM checkpoints
      WHERE subject_type = $1 AND subject_id = $2 ORDER BY at DESC, received_at DESC, arrival DESC`,
    [subject.type, subject.id],
  );
  return rows.map(({ at, phase, received_at: receivedAt, arrival, consumed, slots }) => ({
    place: { at, round: 0, phase, receivedAt, arrival },
    consumed,
    slots,
  }));
}

/** Puts a subject's checkpoints in place of those that it has. */
export async function replaceCheckpoints(
  client: Queryable,
  subject: SubjectRef,
  checkpoints: readonly Checkpoint[],
): Promise<void> {
  await client.query('DELETE FROM checkpoints WHERE subject_type = $1 AND subject_id = $2', [subject.type, subject.id]);
  if (checkpoints.length === 0) return;
  const rows = checkpoints.map(({ place, consumed, slots }) => ({ ...place, consumed, slots }));
  await client.query(
    `INSERT INTO checkpoints (subject_type, subject_id, at, phase, received_at, arrival, consumed, slots)
     SELECT $1::text, $2::text, cuebook_instant(at), phase, cuebook_instant("receivedAt"), arrival, consumed, slots
       FROM jsonb_to_recordset($3::jsonb) AS w (at bigint, phase text, "receivedAt" bigint, arrival bigint, consumed int,
         slots jsonb)
     ON CONFLICT (subject_type, subject_id, at, phase, received_at, arrival)
     DO UPDATE SET consumed = excluded.consumed, slots = excluded.slots`,
    [subject.type, subject.id, JSON.stringify(rows)],
  );
}

/** Subjects that are no more have none. */
export async function deleteCheckpoints(client: Queryable, subjects: readonly SubjectRef[]): Promise<void> {
  if (subjects.length === 0) return;
  await client.query(
    `DELETE FROM checkpoints c USING unnest($1::text[], $2::text[]) AS w (type, id)
      WHERE c.subject_type = w.type AND c.subject_id = w.id`,
    [subjects.map(({ type }) => type), subjects.map(({ id }) => id)],
  );
}
