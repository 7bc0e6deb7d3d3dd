/** Places on timelines that an event's subjects name only through their traits (E8): written when it is consumed. */
import type { SubjectRef } from '../language/model.ts';
import type { Queryable } from './database.ts';

export async function insertTimelineEntries(
  client: Queryable,
  entries: readonly { subject: SubjectRef; arrival: number }[],
): Promise<void> {
  if (entries.length === 0) return;
  await client.query(
    `INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
     SELECT w.type, w.id, e.at, e.received_at, e.arrival, e.name
       FROM unnest($1::text[], $2::text[], $3::bigint[]) AS w (type, id, arrival) JOIN events e USING (arrival)
     ON CONFLICT DO NOTHING`,
    [entries.map((e) => e.subject.type), entries.map((e) => e.subject.id), entries.map((e) => e.arrival)],
  );
}

/** Arrivals on a subject's timeline that have not been consumed. */
export async function unconsumedOf(client: Queryable, subject: SubjectRef): Promise<Set<number>> {
  const { rows } = await client.query<{ arrival: number }>(
    `SELECT p.arrival FROM pending_events p JOIN timeline t USING (arrival)
      WHERE t.subject_type = $1 AND t.subject_id = $2`,
    [subject.type, subject.id],
  );
  return new Set(rows.map((row) => row.arrival));
}
