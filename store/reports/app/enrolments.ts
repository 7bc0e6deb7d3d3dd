/** Enrolments for people to read: a page of a playbook's, or those of a subject, the latest first. */
import type { Instant, SubjectType } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface ShownEnrolment {
  id: string;
  playbook: string;
  versionHash: string;
  subjectType: SubjectType;
  subjectId: string;
  subjectName: string | null;
  key: string;
  startedAt: Instant;
  ghost: boolean;
  outcome: string | null;
  reason: string | null;
  endedAt: Instant | null;
  goalAt: Instant | null;
  nextAt: Instant | null;
  /** The step that answered last. */
  path: string | null;
}

export interface EnrolmentFilter {
  playbook: string;
  state: 'open' | 'ended' | 'all';
  outcome?: string | undefined;
  reason?: string | undefined;
  versionHash?: string | undefined;
  after?: { at: Instant; id: string } | undefined;
  most: number;
}

const COLUMNS = `e.id, e.playbook, e.version_hash AS "versionHash", e.subject_type AS "subjectType", e.subject_id AS "subjectId",
  e.key, e.started_at AS "startedAt", e.ghost, e.outcome, e.reason, e.ended_at AS "endedAt", e.goal_at AS "goalAt",
  CASE WHEN e.outcome IS NULL THEN e.next_at END AS "nextAt",
  CASE e.subject_type WHEN 'contact' THEN (SELECT traits ->> 'name' FROM contacts r WHERE r.id = e.subject_id)
    WHEN 'account' THEN (SELECT traits ->> 'name' FROM accounts r WHERE r.id = e.subject_id)
    WHEN 'deal' THEN (SELECT traits ->> 'name' FROM deals r WHERE r.id = e.subject_id)
    WHEN 'ticket' THEN (SELECT traits ->> 'name' FROM tickets r WHERE r.id = e.subject_id) END AS "subjectName",
  (SELECT s.path FROM step_answers s WHERE s.enrolment_id = e.id AND s.command <> 'finish'
    ORDER BY s.at DESC, s.iteration COLLATE "C" DESC, s.path COLLATE "C" DESC LIMIT 1) AS path`;

export async function pageOfEnrolments(client: Queryable, filter: EnrolmentFilter): Promise<ShownEnrolment[]> {
  const { playbook, state, outcome, reason, versionHash, after, most } = filter;
  const { rows } = await client.query<ShownEnrolment>(
    `WITH page AS (
       SELECT e.* FROM enrolments e
        WHERE e.playbook = $1 AND ($2 = 'all' OR (e.outcome IS NULL) = ($2 = 'open'))
          AND ($3::text IS NULL OR e.outcome = $3) AND ($4::text IS NULL OR e.reason = $4)
          AND ($5::text IS NULL OR e.version_hash = $5)
          AND ($6::bigint IS NULL OR e.started_at <= cuebook_instant($6)
               AND (e.started_at, e.id) < (cuebook_instant($6), $7::text))
        ORDER BY e.started_at DESC, e.id DESC LIMIT $8)
     SELECT ${COLUMNS} FROM page e ORDER BY e.started_at DESC, e.id DESC`,
    [playbook, state, outcome ?? null, reason ?? null, versionHash ?? null, after?.at ?? null, after?.id ?? null, most],
  );
  return rows;
}

/** The latest of a subject. */
export async function enrolmentsOfSubject(
  client: Queryable,
  { type, id }: { type: SubjectType; id: string },
  most: number,
): Promise<ShownEnrolment[]> {
  const { rows } = await client.query<ShownEnrolment>(
    `WITH page AS (SELECT e.* FROM enrolments e WHERE e.subject_type = $1 AND e.subject_id = $2
                    ORDER BY e.started_at DESC, e.id DESC LIMIT $3)
     SELECT ${COLUMNS} FROM page e ORDER BY e.started_at DESC, e.id DESC`,
    [type, id, most],
  );
  return rows;
}

export interface VersionCount {
  hash: string;
  createdAt: Instant;
  file: string | null;
  commit: string | null;
  entered: number;
  underWay: number;
}

/** Of a playbook, the latest first. */
export async function versionsOf(client: Queryable, playbook: string, most: number): Promise<VersionCount[]> {
  const { rows } = await client.query<VersionCount>(
    `SELECT v.hash, v.created_at AS "createdAt", v.origin ->> 'file' AS file, v.git_commit AS commit,
            coalesce(c.entered, 0)::int AS entered, coalesce(c.under_way, 0)::int AS "underWay"
       FROM playbook_versions v LEFT JOIN (
         SELECT version_hash, count(*) FILTER (WHERE NOT ghost) AS entered,
                count(*) FILTER (WHERE outcome IS NULL AND NOT ghost) AS under_way
           FROM enrolments WHERE playbook = $1 GROUP BY version_hash) c ON c.version_hash = v.hash
      WHERE v.playbook = $1 ORDER BY v.created_at DESC, v.hash LIMIT $2`,
    [playbook, most],
  );
  return rows;
}
