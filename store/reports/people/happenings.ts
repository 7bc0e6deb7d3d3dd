/** One feed of what happened to a subject: events, effects, outcomes, decisions and firings, the latest first. */
import type { Instant, Json, SubjectRef } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export const HAPPENING_KINDS = ['event', 'effect', 'outcome', 'decision', 'firing'] as const;
export type HappeningKind = (typeof HAPPENING_KINDS)[number];

export interface HappeningRow {
  kind: HappeningKind;
  /** Unique in the feed, and by what those of one instant are in order. */
  id: string;
  at: Instant;
  /** The event's name, the decision's kind, the firing's status; of others empty. */
  name: string;
  playbook: string | null;
  enrolment: string | null;
  path: string | null;
  /** Of the row itself: an arrival, an effect's, an outcome's, a decision's or a firing's id. */
  of: string;
  /** An event's properties, a decision's `{verdict, looked}`, a firing's `{reason, undone}`. */
  detail: Json;
}

export interface FeedPage {
  kinds: readonly HappeningKind[];
  playbook: string | undefined;
  after: { at: Instant; id: string } | undefined;
  most: number;
}

/** Of each kind as many as the page may hold, by the subject's index; $1 type, $2 id, $3 at, $4 id, $5 most, $6 playbook. */
const SOURCES: { [kind in HappeningKind]: string } = {
  event: source(
    `SELECT 'event' AS kind, 'event/' || lpad(t.arrival::text, 20, '0') AS id, t.at, t.name, e.properties ->> 'playbook' AS playbook,
            e.properties ->> 'enrolment' AS enrolment, e.properties ->> 'step' AS path, t.arrival::text AS of, e.properties AS detail
       FROM timeline t JOIN events e ON e.arrival = t.arrival
      WHERE t.subject_type = $1 AND t.subject_id = $2 AND e.undone_by IS NULL`,
    't.at',
  ),
  effect: source(
    `SELECT 'effect' AS kind, 'effect/' || x.id AS id, coalesce(x.done_at, x.at) AS at, '' AS name, n.playbook, n.id AS enrolment,
            x.path, x.id AS of, 'null'::jsonb AS detail
       FROM enrolments n JOIN effects x ON x.enrolment_id = n.id
      WHERE n.subject_type = $1 AND n.subject_id = $2 AND x.status <> 'claimed'`,
    'coalesce(x.done_at, x.at)',
  ),
  outcome: source(
    `SELECT 'outcome' AS kind, 'outcome/' || o.id AS id, o.at, o.name, o.playbook, o.enrolment_id AS enrolment, o.path, o.id AS of,
            'null'::jsonb AS detail
       FROM outcomes o WHERE o.subject_type = $1 AND o.subject_id = $2`,
    'o.at',
  ),
  decision: source(
    `SELECT 'decision' AS kind, 'decision/' || lpad(d.id::text, 20, '0') AS id, d.at, d.kind AS name, d.playbook,
            d.enrolment_id AS enrolment, d.path, d.id::text AS of, jsonb_build_object('verdict', d.verdict, 'looked', d.looked) AS detail
       FROM decisions d WHERE d.subject_type = $1 AND d.subject_id = $2`,
    'd.at',
  ),
  firing: source(
    `SELECT 'firing' AS kind, 'firing/' || f.id AS id, f.at, f.status AS name, f.playbook, NULL::text AS enrolment, NULL::text AS path,
            f.id AS of, jsonb_build_object('reason', f.reason, 'undone', f.undone_by IS NOT NULL, 'arm', f.arm, 'version', f.version_hash) AS detail
       FROM firings f WHERE f.subject_type = $1 AND f.subject_id = $2`,
    'f.at',
  ),
};

function source(select: string, at: string): string {
  return `(SELECT * FROM (${select} AND ($3::bigint IS NULL OR ${at} <= cuebook_instant($3))) q
     WHERE ($3::bigint IS NULL OR (at, id COLLATE "C") < (cuebook_instant($3), $4::text))
       AND ($6::text IS NULL OR playbook = $6)
     ORDER BY at DESC, id COLLATE "C" DESC LIMIT $5)`;
}

/** Of one instant in the order of their ids, backwards: a page goes on where the one before ended. */
export async function readHappenings(
  client: Queryable,
  { type, id }: SubjectRef,
  { kinds, playbook, after, most }: FeedPage,
): Promise<HappeningRow[]> {
  if (kinds.length === 0) return [];
  const { rows } = await client.query<HappeningRow>(
    `SELECT * FROM (${kinds.map((kind) => SOURCES[kind]).join(' UNION ALL ')}) feed
      ORDER BY at DESC, id COLLATE "C" DESC LIMIT $5`,
    [type, id, after?.at ?? null, after?.id ?? null, most, playbook ?? null],
  );
  return rows;
}
