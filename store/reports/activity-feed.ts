/** What happened, in the order in which it was done: effects of steps, and how enrolments ended. For people to read. */
import type { Instant, Json, SubjectType } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface Activity {
  id: string;
  /** When it was really done. */
  at: Instant;
  /** A step's kind, or `outcome` for an ending or a conversion. */
  kind: string;
  /** As effects have it; `done` for outcomes. */
  status: string;
  /** Why it was refused, held or failed. */
  reason: string | null;
  playbook: string;
  enrolment: string;
  /** The place of the step; of a conversion `goal`. */
  path: string;
  subjectType: SubjectType;
  subjectId: string;
  /** The subject's name where its record has one. */
  subjectName: string | null;
  ghost: boolean;
  /** What the journey sees as `trigger`. */
  trigger: { [name: string]: Json };
  /** What the step's keys came to. */
  detail: { [name: string]: Json };
  /** The name of the contact that `detail.to` names. */
  toName: string | null;
}

const NAME = `COALESCE(c.traits, a.traits, t.traits, d.traits) ->> 'name'`;
const RECORDS = `
  LEFT JOIN contacts c ON n.subject_type = 'contact' AND c.id = n.subject_id
  LEFT JOIN accounts a ON n.subject_type = 'account' AND a.id = n.subject_id
  LEFT JOIN tickets t ON n.subject_type = 'ticket' AND t.id = n.subject_id
  LEFT JOIN deals d ON n.subject_type = 'deal' AND d.id = n.subject_id`;
const ENROLMENT = `n.playbook, n.id AS enrolment, n.subject_type AS "subjectType", n.subject_id AS "subjectId",
  ${NAME} AS "subjectName", n.ghost, n.trigger`;

/** Each half takes its latest by itself, so that neither table is sorted as a whole. */
const LATEST = `
WITH done AS (
  SELECT * FROM effects WHERE status <> 'claimed' AND COALESCE(done_at, at) >= cuebook_instant($1)
   ORDER BY COALESCE(done_at, at) DESC, id LIMIT $2),
endings AS (
  SELECT * FROM outcomes WHERE at >= cuebook_instant($1)
     AND (after_end OR name IN ('converted', 'exited', 'completed', 'failed', 'cancelled'))
   ORDER BY at DESC, id LIMIT $2)
SELECT e.id, COALESCE(e.done_at, e.at) AS at, e.kind, e.status, e.reason, e.path, ${ENROLMENT}, e.detail,
       r.traits ->> 'name' AS "toName"
  FROM done e JOIN enrolments n ON n.id = e.enrolment_id ${RECORDS}
  LEFT JOIN contacts r ON e.kind = 'send' AND r.id = e.detail ->> 'to'
UNION ALL
SELECT o.id, o.at, 'outcome', 'done', n.reason, o.path, ${ENROLMENT},
       jsonb_build_object('outcome', o.name, 'value', o.value, 'after_end', o.after_end), NULL
  FROM endings o JOIN enrolments n ON n.id = o.enrolment_id ${RECORDS}
ORDER BY 2 DESC, 1 LIMIT $2`;

/**
 * The latest, newest first.
 *
 * @param options.since only what was done at this instant or later.
 */
export async function readActivities(
  client: Queryable,
  { since, most }: { since: Instant; most: number },
): Promise<Activity[]> {
  const { rows } = await client.query<Activity>(LATEST, [since, most]);
  return rows;
}
