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
  await addCheckpoints(
    client,
    checkpoints.map((checkpoint) => ({ subject, checkpoint })),
  );
}

export async function addCheckpoints(
  client: Queryable,
  rows: readonly { subject: SubjectRef; checkpoint: Checkpoint }[],
): Promise<void> {
  if (rows.length === 0) return;
  const flat = rows.map(({ subject, checkpoint: { place, consumed, slots } }) => ({
    type: subject.type,
    id: subject.id,
    at: place.at,
    phase: place.phase,
    received: place.receivedAt,
    arrival: place.arrival,
    consumed,
    slots,
  }));
  await client.query(
    `INSERT INTO checkpoints (subject_type, subject_id, at, phase, received_at, arrival, consumed, slots)
     SELECT type, id, cuebook_instant(at), phase, cuebook_instant(received), arrival, consumed, slots
       FROM jsonb_to_recordset($1::jsonb) AS w (type text, id text, at bigint, phase text, received bigint,
         arrival bigint, consumed int, slots jsonb)
     ON CONFLICT (subject_type, subject_id, at, phase, received_at, arrival)
     DO UPDATE SET consumed = excluded.consumed, slots = excluded.slots`,
    [JSON.stringify(flat)],
  );
}
