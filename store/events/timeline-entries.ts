/** Places on timelines that an event's subjects name only through their traits (E8): written when it is consumed. */
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';

/** An event's place on a timeline on which the event itself does not put it. */
export interface TimelineEntry {
  subject: SubjectRef;
  arrival: number;
  /** The contact's id that the event names, where a claim brings it here (E6). */
  of?: string | undefined;
  /** The merge from which on it is read here. */
  via?: { arrival: number; at: Instant } | undefined;
}

export async function insertTimelineEntries(client: Queryable, entries: readonly TimelineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ subject, arrival, of: of_id, via }) => {
    return { ...subject, arrival, of_id, via: via?.arrival, via_at: via?.at };
  });
  await client.query(
    `INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name, of_id, via, via_at)
     SELECT w.type, w.id, e.at, e.received_at, e.arrival, e.name, w.of_id, w.via, cuebook_instant(w.via_at)
       FROM jsonb_to_recordset($1::jsonb) AS w (type text, id text, arrival bigint, of_id text, via bigint, via_at bigint)
       JOIN events e USING (arrival)
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Arrivals on a subject's timeline that have not been consumed. */
export async function unconsumedOf(client: Queryable, subject: SubjectRef): Promise<Set<number>> {
  const { rows } = await client.query<{ arrival: number }>(
    // No further back than anything waits, or is a dead letter: a timeline may be long.
    `WITH entries AS MATERIALIZED (
       SELECT t.arrival FROM timeline t
        WHERE t.subject_type = $1 AND t.subject_id = $2
          AND t.at >= (SELECT least((SELECT min(at) FROM pending_events WHERE set_aside_at IS NULL),
                                    (SELECT min(at) FROM pending_events WHERE set_aside_at IS NOT NULL))))
     SELECT arrival FROM pending_events WHERE arrival = ANY(ARRAY(SELECT arrival FROM entries))`,
    [subject.type, subject.id],
  );
  return new Set(rows.map((row) => row.arrival));
}

/** The contact's id that an event names, whoever owns it, and the event's place. */
export interface NamedContact {
  id: string;
  place: Place;
}

/**
 * Whom the last evidence of contacts' firings names: by the event's messageId.
 *
 * @param ids the contacts' ids that it may be, those that merges have taken away too
 */
export async function namedContacts(
  client: Queryable,
  firings: readonly { at: Instant; byTime: boolean; evidence: readonly string[] }[],
  ids: readonly string[],
): Promise<Map<string, NamedContact>> {
  const wanted = firings.flatMap(({ at, byTime, evidence }) => {
    const last = evidence.at(-1);
    return last === undefined ? [] : [{ at, byTime, last }];
  });
  if (wanted.length === 0) return new Map();
  const { rows } = await client.query<{ last: string; id: string; at: Instant; receivedAt: Instant; arrival: number }>(
    // What the event itself names stays on that one's timeline, wherever merges take it.
    `SELECT w.last, n.subject_id AS id, n.at, n.received_at AS "receivedAt", n.arrival
       FROM jsonb_to_recordset($1::jsonb) AS w (at bigint, "byTime" boolean, last text)
       JOIN timeline n ON n.subject_type = 'contact' AND n.subject_id = ANY($2::text[]) AND n.of_id IS NULL
        AND n.at <= cuebook_instant(w.at) AND (w."byTime" OR n.at = cuebook_instant(w.at))
       JOIN events e ON e.arrival = n.arrival AND e.message_id = w.last
      ORDER BY n.at, n.received_at, n.arrival`,
    [JSON.stringify(wanted), ids],
  );
  const named = rows.map(({ last, id, ...place }): [string, NamedContact] => [
    last,
    { id, place: { ...place, round: 0, phase: 'events' } },
  ]);
  return new Map(named);
}

/** The arrivals on a subject's timeline that came in after an instant: what was not known then (V5). */
export async function receivedAfter(client: Queryable, subject: SubjectRef, at: Instant): Promise<number[]> {
  const { rows } = await client.query<{ arrival: number }>(
    `SELECT arrival FROM timeline WHERE subject_type = $1 AND subject_id = $2 AND received_at > cuebook_instant($3)`,
    [subject.type, subject.id, at],
  );
  return rows.map(({ arrival }) => arrival);
}
