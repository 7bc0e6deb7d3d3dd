/** Tasks and approvals that can be answered, what is due first: read from indexes that hold nothing else. */
import type { Instant, Json, SubjectType } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface OpenWork {
  id: string;
  kind: 'task' | 'approval';
  status: string;
  title: string;
  persons: string[];
  checklist: Json | null;
  priority: string | null;
  due: Instant | null;
  playbook: string;
  enrolment: string;
  subjectType: SubjectType;
  subjectId: string;
  at: Instant;
  /** Of a task that was put off. */
  snoozedUntil: Instant | null;
  comments: number;
  /** By what the list is in order: its due instant; of what has none a very late one. */
  place: Instant;
}

export interface WorkFilter {
  kind: OpenWork['kind'] | undefined;
  person: string | undefined;
  playbook: string | undefined;
  dueBefore: Instant | undefined;
  now: Instant;
  /** Those that are put off, and no others; approvals never are. */
  isSnoozed: boolean;
  after: { at: Instant; id: string } | undefined;
  most: number;
}

/** In the year 9999: what is due never. */
const NEVER_MS = 253_370_764_800_000;

export async function pageOfWork(
  client: Queryable,
  { kind, person, playbook, dueBefore, now, isSnoozed, after, most }: WorkFilter,
): Promise<OpenWork[]> {
  const { rows } = await client.query<OpenWork>(
    `SELECT * FROM (
       SELECT t.id, 'task' AS kind, t.status, t.title, array_remove(ARRAY[t.assignee], NULL) AS persons, t.checklist, t.priority,
              t.due_at AS due, coalesce(t.playbook, '') AS playbook, coalesce(t.enrolment_id, '') AS enrolment,
              t.subject_type AS "subjectType", t.subject_id AS "subjectId", t.created_at AS at,
              t.snoozed_until AS "snoozedUntil", (SELECT count(*)::int FROM task_comments c WHERE c.task_id = t.id) AS comments,
              coalesce(t.due_at, cuebook_instant(${NEVER_MS})) AS place
         FROM tasks t WHERE t.status IN ('open', 'accepted') AND $1::text IS DISTINCT FROM 'approval'
       UNION ALL
       SELECT x.id, 'approval', 'open', coalesce(x.detail ->> 'text', ''),
              CASE WHEN jsonb_typeof(x.detail -> 'approve') = 'array'
                   THEN ARRAY(SELECT jsonb_array_elements_text(x.detail -> 'approve')) ELSE array_remove(ARRAY[x.detail ->> 'approve'], NULL) END,
              NULL, NULL, s.until, e.playbook, e.id, e.subject_type, e.subject_id, x.at, NULL, 0, coalesce(s.until, cuebook_instant(${NEVER_MS}))
         FROM effects x JOIN enrolments e ON e.id = x.enrolment_id
         JOIN subscriptions s ON s.enrolment_id = x.enrolment_id AND s.path = x.path AND s.iteration = x.iteration
        WHERE x.kind = 'approve' AND x.status <> 'refused' AND $1::text IS DISTINCT FROM 'task') q
      WHERE ($2::text IS NULL OR $2 = ANY(persons)) AND ($3::text IS NULL OR playbook = $3)
        AND ($4::bigint IS NULL OR due < cuebook_instant($4))
        AND ("snoozedUntil" > cuebook_instant($8)) IS TRUE = $9
        AND ($5::bigint IS NULL OR (place, id) > (cuebook_instant($5), $6::text))
      ORDER BY place, id LIMIT $7`,
    [
      kind ?? null,
      person ?? null,
      playbook ?? null,
      dueBefore ?? null,
      after?.at ?? null,
      after?.id ?? null,
      most,
      now,
      isSnoozed,
    ],
  );
  return rows;
}
