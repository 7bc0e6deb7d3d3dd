/** Committed events that have not been consumed (architecture, decision 2): claimed as rows, in E4's order. */
import type { Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { compareEvents } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';
import { EVENT_COLUMNS, type EventColumns, eventOf, type StoredEvent } from './timeline.ts';

/** After as many failures an event is a dead letter (`set_aside_at`): visible, and not waited for. */
export const MAX_ATTEMPTS = 5;

/**
 * Claims the earliest events that no other transaction holds, in E4's order. The claim ends with the transaction.
 *
 * @param apart the subject's key whose events that wait apart are claimed; without it those that wait together
 */
export async function claimPending(client: Queryable, limit: number, apart?: string): Promise<StoredEvent[]> {
  const { rows } = await client.query<EventColumns>(
    `WITH claimed AS MATERIALIZED (
       SELECT arrival FROM pending_events
        WHERE set_aside_at IS NULL AND ${apart === undefined ? 'apart IS NULL' : 'apart = $2'}
        ORDER BY at, received_at, arrival LIMIT $1 FOR UPDATE SKIP LOCKED)
     -- Each is looked up, however many the planner expects: OFFSET 0 keeps it from reading the whole table.
     SELECT ${EVENT_COLUMNS} FROM claimed c CROSS JOIN LATERAL (
       SELECT * FROM events o WHERE o.arrival = c.arrival OFFSET 0) e`,
    apart === undefined ? [limit] : [limit, apart],
  );
  return rows.map(eventOf).sort(compareEvents);
}

/**
 * Lets claimed events wait apart, each by the key of a subject; and with them what else of these subjects, and of the contacts
 * that the events name, is pending and nobody holds: it is worked off together, and in its order.
 */
export async function setApart(client: Queryable, apart: ReadonlyMap<number, string>): Promise<void> {
  if (apart.size === 0) return;
  await client.query(
    `UPDATE pending_events p SET apart = w.key FROM unnest($1::bigint[], $2::text[]) AS w (arrival, key)
      WHERE p.arrival = w.arrival`,
    [[...apart.keys()], [...apart.values()]],
  );
  for (const key of new Set(apart.values())) {
    const { type, id } = subjectOfKey(key);
    const arrivals = [...apart].flatMap(([arrival, own]) => (own === key ? [arrival] : []));
    await client.query(
      // From the subjects' own timelines, and no further back than anything waits: neither list is walked for each other.
      `WITH whose AS MATERIALIZED (
         SELECT $3::text AS id
         UNION SELECT contact_id FROM events WHERE $2 = 'contact' AND arrival = ANY($4::bigint[]) AND contact_id IS NOT NULL),
       entries AS MATERIALIZED (
         SELECT t.arrival FROM whose JOIN timeline t ON t.subject_type = $2 AND t.subject_id = whose.id
          WHERE t.at >= (SELECT min(at) FROM pending_events WHERE set_aside_at IS NULL AND apart IS NULL)
            -- Of several contacts no later claim is taken before what else comes before it.
            AND ((SELECT count(*) FROM whose) = 1 OR t.at <= (SELECT max(at) FROM events WHERE arrival = ANY($4::bigint[])))),
       free AS MATERIALIZED (
         SELECT p.arrival FROM pending_events p
          WHERE p.arrival = ANY(ARRAY(SELECT arrival FROM entries)) AND p.set_aside_at IS NULL AND p.apart IS NULL
            FOR UPDATE SKIP LOCKED)
       UPDATE pending_events SET apart = $1 WHERE arrival = ANY(ARRAY(SELECT arrival FROM free))`,
      [key, type, id, arrivals],
    );
  }
}

/** Those of some subjects that have events which wait apart, by their keys. */
export async function apartAmong(client: Queryable, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const { rows } = await client.query<{ key: string }>(
    `SELECT w.key FROM unnest($1::text[]) AS w (key)
      WHERE EXISTS (SELECT FROM pending_events p WHERE p.apart = w.key AND p.set_aside_at IS NULL)`,
    [keys],
  );
  return rows.map((row) => row.key).sort();
}

/** The key of the subject whose events that wait apart have their turn after another's; undefined where none waits. */
export async function nextApart(client: Queryable, after: string): Promise<string | undefined> {
  const { rows } = await client.query<{ next: string | null }>(
    `SELECT coalesce((SELECT min(apart) FROM pending_events WHERE set_aside_at IS NULL AND apart > $1),
                     (SELECT min(apart) FROM pending_events WHERE set_aside_at IS NULL AND apart IS NOT NULL)) AS next`,
    [after],
  );
  return rows[0]!.next ?? undefined;
}

/** Takes consumed events off the list, in the transaction that consumes them. */
export async function consumePending(client: Queryable, arrivals: readonly number[]): Promise<void> {
  if (arrivals.length === 0) return;
  await client.query('DELETE FROM pending_events WHERE arrival = ANY($1::bigint[])', [arrivals]);
}

/** Counts a failure of one event; the fifth makes it a dead letter. */
export async function failPending(
  client: Queryable,
  arrival: number,
  error: string,
): Promise<{ isDeadLetter: boolean }> {
  const { rows } = await client.query<{ isDeadLetter: boolean }>(
    `UPDATE pending_events SET attempts = attempts + 1, error = $2,
            set_aside_at = CASE WHEN attempts + 1 >= $3 THEN cuebook_now() END
      WHERE arrival = $1 RETURNING set_aside_at IS NOT NULL AS "isDeadLetter"`,
    [arrival, error.slice(0, 500), MAX_ATTEMPTS],
  );
  return rows[0] ?? { isDeadLetter: false };
}

/**
 * Keeps that an event is put back round after round, and since when, by real time; one for which that has gone on for too
 * long becomes a dead letter. Undefined where it has been consumed meanwhile.
 */
export async function holdBack(
  client: Queryable,
  arrival: number,
  reason: string,
  setAsideAfterMs: number | undefined,
): Promise<{ isDeadLetter: boolean } | undefined> {
  const { rows } = await client.query<{ isDeadLetter: boolean }>(
    `UPDATE pending_events SET put_back_at = coalesce(put_back_at, clock_timestamp()), error = $2,
            set_aside_at = CASE WHEN put_back_at < clock_timestamp() - $3 * interval '1 millisecond' THEN cuebook_now() END
      WHERE arrival = $1 AND set_aside_at IS NULL RETURNING set_aside_at IS NOT NULL AS "isDeadLetter"`,
    [arrival, `put back: ${reason}`, setAsideAfterMs ?? null],
  );
  return rows[0];
}

/**
 * Those of some subjects that have an event up to an instant which is not among the claimed ones: another evaluator holds
 * it, and later deadlines must wait.
 */
export async function unclaimedUpTo(
  client: Queryable,
  subjects: readonly SubjectRef[],
  upTo: Instant,
  claimed: readonly number[],
): Promise<Map<string, Instant>> {
  // From the subjects' own timelines, and no further back than anything waits: neither list is walked for each other.
  const { rows } = await client.query<{ type: SubjectType; id: string; at: Instant }>(
    `WITH entries AS MATERIALIZED (
       SELECT w.type, w.id, t.at, t.arrival
         FROM unnest($1::text[], $2::text[]) AS w (type, id)
         JOIN timeline t ON t.subject_type = w.type AND t.subject_id = w.id
        WHERE t.at <= cuebook_instant($3) AND t.at >= (SELECT min(at) FROM pending_events WHERE set_aside_at IS NULL)),
     waiting AS MATERIALIZED (
       SELECT p.arrival FROM pending_events p
        WHERE p.arrival = ANY(ARRAY(SELECT arrival FROM entries EXCEPT SELECT unnest($4::bigint[])))
          AND p.set_aside_at IS NULL)
     SELECT type, id, min(at) AS at FROM entries WHERE arrival = ANY(ARRAY(SELECT arrival FROM waiting)) GROUP BY 1, 2`,
    [subjects.map((ref) => ref.type), subjects.map((ref) => ref.id), upTo, claimed],
  );
  return new Map(rows.map((row) => [subjectKey(row), row.at]));
}

/** The event that is next in order; undefined where none waits. */
export async function firstPending(client: Queryable): Promise<number | undefined> {
  const { rows } = await client.query<{ arrival: number }>(
    'SELECT arrival FROM pending_events WHERE set_aside_at IS NULL ORDER BY at, received_at, arrival LIMIT 1',
  );
  return rows[0]?.arrival;
}
