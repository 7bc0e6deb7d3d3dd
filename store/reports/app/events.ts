/** Events for people to read, by the order in which they came in; and dead letters, which an operator has evaluated again. */
import type { Instant, Json, SubjectRef } from '../../../language/model.ts';
import type { Database, Queryable } from '../../postgres/database.ts';

export interface ShownEvent {
  arrival: number;
  messageId: string;
  source: string;
  kind: string;
  name: string;
  at: Instant;
  receivedAt: Instant;
  properties: Json;
  undoneBy: string | null;
  subjects: SubjectRef[];
}

/** Events that one page by a name or a source looks at: names have no index, which each event would pay for. */
export const LOOKED_AT = 20_000;
/** Events whose names and properties are counted. */
const SAMPLE = 5_000;

const COLUMNS = `e.arrival, e.message_id AS "messageId", e.source, e.kind, e.name, e.at, e.received_at AS "receivedAt", e.properties,
  e.undone_by AS "undoneBy", coalesce((SELECT json_agg(json_build_object('type', type, 'id', id)) FROM (VALUES
    ('contact', coalesce(e.contact_id, e.anonymous_id)), ('account', e.account_id), ('deal', e.deal_id), ('ticket', e.ticket_id),
    ('colleague', e.colleague_id), ('workspace', e.workspace_id)) AS s (type, id) WHERE id IS NOT NULL), '[]') AS subjects`;

export interface EventPage {
  events: ShownEvent[];
  /** Only events before this one are left; null where there are none. */
  next: number | null;
}

export async function pageOfEvents(
  client: Queryable,
  {
    name,
    source,
    before,
    most,
  }: { name?: string | undefined; source?: string | undefined; before: number | undefined; most: number },
): Promise<EventPage> {
  const isNarrowed = name !== undefined || source !== undefined;
  const looked = isNarrowed ? LOOKED_AT : most + 1;
  const { rows } = await client.query<ShownEvent & { oldest: number; looked: number }>(
    `WITH latest AS (SELECT * FROM events WHERE $1::bigint IS NULL OR arrival < $1 ORDER BY arrival DESC LIMIT $2),
          bound AS (SELECT min(arrival) AS oldest, count(*)::int AS looked FROM latest)
     SELECT q.*, bound.oldest, bound.looked FROM bound LEFT JOIN LATERAL (
       SELECT ${COLUMNS} FROM latest e
        WHERE ($3::text IS NULL OR e.name = $3) AND ($4::text IS NULL OR e.source = $4)
        ORDER BY e.arrival DESC LIMIT $5) q ON true`,
    [before ?? null, looked, name ?? null, source ?? null, most + 1],
  );
  const found = rows.filter(({ arrival }) => arrival !== null).map(({ oldest: _, looked: __, ...event }) => event);
  const events = found.slice(0, most);
  if (found.length > most) return { events, next: events.at(-1)!.arrival };
  const { oldest, looked: seen } = rows[0]!;
  return { events, next: isNarrowed && seen === LOOKED_AT ? oldest : null };
}

export interface NameCount {
  name: string;
  count: number;
  latest: Instant;
  fields: { name: string; type: string; count: number }[];
}

/** Of the latest events, those names that came most often first. */
export async function countNames(client: Queryable): Promise<{ of: number; names: NameCount[] }> {
  const { rows } = await client.query<NameCount>(
    `WITH latest AS (SELECT name, received_at, properties FROM events ORDER BY arrival DESC LIMIT ${SAMPLE}),
          fields AS (SELECT l.name, left(p.key, 200) AS field, jsonb_typeof(p.value) AS type, count(*)::int AS count
                       FROM latest l, jsonb_each(CASE WHEN jsonb_typeof(l.properties) = 'object' THEN l.properties ELSE '{}' END) p GROUP BY 1, 2, 3)
     SELECT name, count(*)::int AS count, max(received_at) AS latest,
            coalesce((SELECT json_agg(json_build_object('name', field, 'type', type, 'count', f.count) ORDER BY f.count DESC, field)
                        FROM (SELECT * FROM fields WHERE fields.name = latest.name ORDER BY count DESC, field LIMIT 50) f), '[]') AS fields
       FROM latest GROUP BY name ORDER BY count(*) DESC, name LIMIT 500`,
  );
  return { of: SAMPLE, names: rows };
}

export interface EvidencedFiring {
  id: string;
  playbook: string;
  subject: SubjectRef;
  key: string;
  at: Instant;
  status: string;
  reason: string | null;
}

/** An event with the firings of its timelines that name it. */
export async function readEvent(
  client: Queryable,
  arrival: number,
): Promise<(ShownEvent & { firings: EvidencedFiring[] }) | undefined> {
  const { rows } = await client.query<ShownEvent>(`SELECT ${COLUMNS} FROM events e WHERE e.arrival = $1`, [arrival]);
  const [event] = rows;
  if (event === undefined) return undefined;
  const { rows: firings } = await client.query<EvidencedFiring>(
    `SELECT f.id, f.playbook, json_build_object('type', f.subject_type, 'id', f.subject_id) AS subject, f.key, f.at, f.status, f.reason
       FROM unnest($1::text[], $2::text[]) AS s (type, id) JOIN firings f ON f.subject_type = s.type AND f.subject_id = s.id
      WHERE $3 = ANY(f.evidence) ORDER BY f.at, f.id LIMIT 100`,
    [event.subjects.map(({ type }) => type), event.subjects.map(({ id }) => id), event.messageId],
  );
  return { ...event, firings };
}

export interface DeadLetter extends ShownEvent {
  setAsideAt: Instant;
  attempts: number;
  error: string | null;
}

/** The oldest first; of one instant by arrival. */
export async function pageOfDeadLetters(
  client: Queryable,
  { after, most }: { after: { at: Instant; arrival: number } | undefined; most: number },
): Promise<DeadLetter[]> {
  const { rows } = await client.query<DeadLetter>(
    `SELECT ${COLUMNS}, p.set_aside_at AS "setAsideAt", p.attempts, p.error
       FROM pending_events p JOIN events e ON e.arrival = p.arrival
      WHERE p.set_aside_at IS NOT NULL
        AND ($1::bigint IS NULL OR (p.at, p.arrival) > (cuebook_instant($1), $2::bigint))
      ORDER BY p.at, p.arrival LIMIT $3`,
    [after?.at ?? null, after?.arrival ?? null, most],
  );
  return rows;
}

/** They are pending again, as if they had just come. @returns those that were set aside */
export async function retryDeadLetters(
  { pool }: Pick<Database, 'pool'>,
  arrivals: readonly number[],
): Promise<number[]> {
  const { rows } = await pool.query<{ arrival: number }>(
    `UPDATE pending_events SET set_aside_at = NULL, attempts = 0, error = NULL, put_back_at = NULL
      WHERE arrival = ANY($1::bigint[]) AND set_aside_at IS NOT NULL RETURNING arrival`,
    [arrivals],
  );
  return rows.map(({ arrival }) => arrival).sort((a, b) => a - b);
}
