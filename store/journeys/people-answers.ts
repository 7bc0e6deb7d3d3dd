/** What people are asked for (S6, S12), and their answers: by a link, a command or the API. */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import { holdDeployed, readListenedNames } from '../deployments/deployments.ts';
import { lockSubjects } from '../evaluation/subjects.ts';
import { appendSystemEvents, beginWriting } from '../events/events.ts';
import { readEvents } from '../events/timeline.ts';
import type { Database, Queryable } from '../postgres/database.ts';
import { answerTasks } from './tasks.ts';

/** By kind, what can be answered. */
export const ANSWERS = {
  task: ['accepted', 'done', 'reopened'],
  approval: ['given', 'refused'],
} as const;

export type AskedKind = keyof typeof ANSWERS;

/** A task or an approval. */
export interface Asked {
  id: string;
  kind: AskedKind;
  /** A task: open, accepted, done, withdrawn. An approval: open, given, refused, none. */
  status: string;
  /** The task's title, or the text of the approval. */
  title: string;
  /** Who is to do it, or who was asked. */
  persons: string[];
  checklist: Json | null;
  priority: string | null;
  due: Instant | null;
  playbook: string;
  enrolment: string;
  subject: SubjectRef;
  at: Instant;
}

interface Row extends Omit<Asked, 'subject'> {
  path: string;
  key: string;
  subjectType: SubjectType;
  subjectId: string;
  changedAt: Instant | null;
}

const ASKED = `SELECT x.id, CASE x.kind WHEN 'task' THEN 'task' ELSE 'approval' END AS kind,
       coalesce(t.status, CASE WHEN s.path IS NOT NULL THEN 'open' ELSE coalesce(a.context->>'answer', 'none') END) AS status,
       coalesce(t.title, x.detail->>'text', '') AS title,
       CASE WHEN t.id IS NOT NULL THEN array_remove(ARRAY[t.assignee], NULL)
            WHEN jsonb_typeof(x.detail->'approve') = 'array' THEN ARRAY(SELECT jsonb_array_elements_text(x.detail->'approve'))
            ELSE ARRAY[x.detail->>'approve'] END AS persons,
       t.checklist, t.priority, coalesce(t.due_at, s.until) AS due, e.playbook, e.id AS enrolment, e.key, x.path, x.at,
       e.subject_type AS "subjectType", e.subject_id AS "subjectId", t.changed_at AS "changedAt"
  FROM effects x JOIN enrolments e ON e.id = x.enrolment_id LEFT JOIN tasks t ON t.effect_id = x.id
  LEFT JOIN subscriptions s ON s.enrolment_id = x.enrolment_id AND s.path = x.path AND s.iteration = x.iteration
  LEFT JOIN step_answers a ON a.enrolment_id = x.enrolment_id AND a.path = x.path AND a.iteration = x.iteration AND a.command = 'look'
 WHERE (t.id IS NOT NULL OR (x.kind = 'approve' AND x.status <> 'refused'))`;

export interface AskedFilter {
  kind: AskedKind;
  /** Left out for those that can be answered: open and accepted. */
  status?: string | undefined;
  person?: string | undefined;
  playbook?: string | undefined;
  /** Only those after this one, which an earlier page ended with. */
  after?: string | undefined;
  most: number;
}

/** Newest first; of one instant by id. */
export async function listAsked({ pool }: Pick<Database, 'pool'>, filter: AskedFilter): Promise<Asked[]> {
  const { kind, status, person, playbook, after, most } = filter;
  const { rows } = await pool.query<Row>(
    `SELECT * FROM (${ASKED}) q
      WHERE kind = $1 AND ($2::text IS NULL AND status IN ('open', 'accepted') OR status = $2)
        AND ($3::text IS NULL OR $3 = ANY(persons)) AND ($4::text IS NULL OR playbook = $4)
        AND ($5::text IS NULL OR (at, $5) < (SELECT b.at, q.id FROM effects b WHERE b.id = $5))
      ORDER BY at DESC, id LIMIT $6`,
    [kind, status ?? null, person ?? null, playbook ?? null, after ?? null, most],
  );
  return rows.map(askedOf);
}

export async function readAsked({ pool }: Pick<Database, 'pool'>, id: string): Promise<Asked | undefined> {
  const row = await rowOf(pool, id);
  return row && askedOf(row);
}

async function rowOf(client: Queryable, id: string): Promise<Row | undefined> {
  return (await client.query<Row>(`${ASKED} AND x.id = $1`, [id])).rows[0];
}

function askedOf({ subjectType: type, subjectId: id, path: _, key: __, changedAt: ___, ...asked }: Row): Asked {
  return { ...asked, subject: { type, id } };
}

export interface PeopleAnswer {
  id: string;
  kind: AskedKind;
  /** One of `ANSWERS` of the kind. */
  is: string;
  /** Who it is, where that is known. */
  by?: string | undefined;
}

/**
 * Writes an answer as the event that says it, and what it makes of the task (S6). Repeating one changes nothing; of an
 * approval the first counts.
 *
 * @returns what it is by now, and whether this answer made it so; undefined where there is none of that kind and id
 */
export async function answer(
  database: Database,
  { id, kind, is, by }: PeopleAnswer,
): Promise<{ asked: Asked; isTaken: boolean } | undefined> {
  return database.transaction(async (client) => {
    const named = await rowOf(client, id);
    if (named?.kind !== kind) return undefined;
    await holdDeployed(client);
    await beginWriting(client);
    const subject = { type: named.subjectType, id: named.subjectId };
    await lockSubjects(client, [subject]);
    // Under the lock: who answered before is known.
    const row = (await rowOf(client, id))!;
    if (!canBe(row, is)) return { asked: askedOf(row), isTaken: false };
    const name = `${kind}.${is}`;
    const { playbook, enrolment, path: step, key } = row;
    const properties = { playbook, enrolment, step, key, [kind]: id, ...(by !== undefined && { by }) };
    // Two clicks on one state are one answer; of an approval there is one.
    const messageId = kind === 'task' ? `${name}:${id}:${row.changedAt}` : `approval:${id}`;
    const consumed = !(await readListenedNames(client)).has(name);
    const [appended] = await appendSystemEvents(client, [
      { name, messageId, subjects: [subject], properties, consumed },
    ]);
    const isTaken = appended!.result === 'accepted';
    const [event] = await readEvents(client, [appended!.arrival]);
    if (isTaken && kind === 'task') await answerTasks(client, [{ subject, name, at: event!.at, properties }]);
    const status = kind === 'approval' ? event!.name.slice('approval.'.length) : (await rowOf(client, id))!.status;
    return { asked: { ...askedOf(row), status }, isTaken };
  });
}

/** What is withdrawn takes no answer, what is done no acceptance; an approval is answered once. */
function canBe({ kind, status }: Row, is: string): boolean {
  if (kind === 'approval') return status === 'open';
  if (is === 'reopened') return status === 'done' || status === 'accepted';
  return is === 'done' ? status === 'open' || status === 'accepted' : status === 'open';
}
