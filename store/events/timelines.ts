/** Timelines of many subjects at once, and how far the evaluator has come on them. */
import type { Instant, SubjectRef, SubjectType } from '../../language/model.ts';
import { eventOn } from '../../language/records/event-timelines.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { compareEvents, type Place, placeOfEvent } from '../../language/records/timeline.ts';
import { type HeadColumns, headOf } from '../evaluation/subjects.ts';
import type { Queryable } from '../postgres/database.ts';
import { loadIdentityLinks } from '../records/identity-links.ts';
import { readEvents, type StoredEvent } from './timeline.ts';

export interface TimelineQuestion {
  subject: SubjectRef;
  /** Only events of these names; null for all. */
  names: readonly string[] | null;
  /** Events after this instant. */
  after: Instant;
  /** And no later than this; null for no end. */
  upTo: Instant | null;
  /** With what merges after `upTo` have brought; without it the timeline is read as it was then (E6). */
  isReadNow?: boolean;
}

/** More of one subject's events than any decision should need. */
const MAX_EVENTS = 50_000;

/**
 * Answers each question by its events in E4's order, consumed or not.
 *
 * @throws RangeError when one has more than 50,000.
 */
export async function readTimelines(
  client: Queryable,
  questions: readonly TimelineQuestion[],
): Promise<StoredEvent[][]> {
  if (questions.length === 0) return [];
  const flat = questions.map((q, n) => ({
    n,
    type: q.subject.type,
    id: q.subject.id,
    names: q.names,
    isReadNow: q.isReadNow ?? false,
    ...bounds(q),
  }));
  const { rows } = await client.query<{ n: number; arrival: number }>(
    `SELECT w.n, l.arrival FROM jsonb_to_recordset($1::jsonb)
         AS w (n int, type text, id text, names text[], after bigint, "upTo" bigint, "isReadNow" boolean)
       CROSS JOIN LATERAL (SELECT t.arrival FROM timeline t
         WHERE t.subject_type = w.type AND t.subject_id = w.id AND t.at > cuebook_instant(w.after)
           AND (w."upTo" IS NULL OR t.at <= cuebook_instant(w."upTo")) AND (w.names IS NULL OR t.name = ANY(w.names))
           AND (t.via_at IS NULL OR w."upTo" IS NULL OR w."isReadNow" OR t.via_at <= cuebook_instant(w."upTo"))
         ORDER BY t.at, t.received_at, t.arrival LIMIT ${MAX_EVENTS + 1}) l`,
    [JSON.stringify(flat)],
  );
  const wanted = questions.map(() => new Set<number>());
  for (const { n, arrival } of rows) wanted[n]!.add(arrival);
  if (wanted.some((arrivals) => arrivals.size > MAX_EVENTS)) {
    throw new RangeError(`A decision would have to read more than ${MAX_EVENTS} events of one subject.`);
  }
  const events = await readEvents(client, [...new Set(rows.map((row) => row.arrival))]);
  return wanted.map((arrivals) => events.filter((event) => arrivals.has(event.arrival) && !event.undoneBy));
}

function bounds({ after, upTo }: TimelineQuestion) {
  return { after: Math.floor(after), upTo: upTo === null ? null : Math.floor(upTo) };
}

/** What of a subject's timeline has not been consumed yet. */
export interface Unconsumed {
  events: StoredEvent[];
  /** The earliest deadline that has not been looked at. */
  dueAt: Instant | null;
  head: Place | undefined;
}

/** Of each subject, by `<type>/<id>`; dead letters are left out. */
export async function readUnconsumed(
  client: Queryable,
  subjects: readonly SubjectRef[],
): Promise<Map<string, Unconsumed>> {
  const contacts = subjects.filter(({ type }) => type === 'contact').map(({ id }) => id);
  const identities = new IdentityLinks(await loadIdentityLinks(client, contacts));
  const named = [...new Set(subjects.map(subjectKey))].flatMap((key) => {
    const { type, id } = subjectOfKey(key);
    const names = type === 'contact' ? [id, ...identities.aliasesOf(id)] : [id];
    return names.map((name) => ({ type, id, name }));
  });
  type Row = HeadColumns & { type: SubjectType; id: string; name: string; due_at: Instant | null; arrivals: number[] };
  const { rows } = await client.query<Row>(
    `WITH wanted AS MATERIALIZED (SELECT * FROM jsonb_to_recordset($1::jsonb) AS w (type text, id text, name text)),
     entries AS MATERIALIZED (
       SELECT w.type, w.name, t.arrival FROM wanted w JOIN timeline t ON t.subject_type = w.type AND t.subject_id = w.name
        -- What names an id that the contact has claimed comes to its timeline when it is consumed (E6).
        WHERE (w.name = w.id OR t.of_id IS NULL)
          AND t.at >= (SELECT min(at) FROM pending_events WHERE set_aside_at IS NULL)),
     waiting AS (
       SELECT e.type, e.name, array_agg(DISTINCT p.arrival::float8) AS arrivals
         FROM entries e JOIN pending_events p USING (arrival) WHERE p.set_aside_at IS NULL GROUP BY 1, 2)
     SELECT w.type, w.id, w.name, d.due_at, s.head_at, coalesce(s.head_round, 0) AS head_round, s.head_phase,
            s.head_received_at, coalesce(s.head_arrival, 0)::float8 AS head_arrival, coalesce(p.arrivals, '{}') AS arrivals
       FROM wanted w LEFT JOIN waiting p ON p.type = w.type AND p.name = w.name
       LEFT JOIN subjects s ON s.type = w.type AND s.id = w.id
       LEFT JOIN deadlines d ON d.subject_type = w.type AND d.subject_id = w.id`,
    [JSON.stringify(named)],
  );
  const events = await readEvents(client, [...new Set(rows.flatMap((row) => row.arrivals))]);
  const found = new Map<string, Unconsumed>();
  for (const row of rows) {
    const { type, id, name } = row;
    const of = name === id ? {} : { of: name };
    const arrivals = new Set(row.arrivals);
    const own = events
      .filter((event) => arrivals.has(event.arrival))
      .filter((event) => name === id || identities.ownerships(name, placeOfEvent(event)).some((one) => one.id === id))
      .map((event) => eventOn(event, { subject: { type, id }, ...of }));
    const known = found.get(subjectKey(row));
    const all = new Map([...own, ...(known?.events ?? [])].map((event) => [event.arrival, event]));
    const inOrder = [...all.values()].sort(compareEvents);
    found.set(subjectKey(row), { events: inOrder, dueAt: row.due_at, head: headOf(row) });
  }
  return found;
}

/** The name of the latest event among some names, by ticket; those without one are left out. */
export async function readLatestNames(
  client: Queryable,
  ticketIds: readonly string[],
  names: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await client.query<{ id: string; name: string }>(
    `SELECT DISTINCT ON (t.subject_id) t.subject_id AS id, t.name FROM timeline t
      WHERE t.subject_type = 'ticket' AND t.subject_id = ANY($1::text[]) AND t.name = ANY($2::text[])
      ORDER BY t.subject_id, t.at DESC, t.received_at DESC, t.arrival DESC`,
    [ticketIds, names],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
