/** Tasks for colleagues (S6). */
import type { Instant, Json, SubjectRef, SubjectType } from '../../language/model.ts';
import {
  namesAnother,
  namesAsked,
  statusOf,
  type TaskAnswered,
  withAnswer,
} from '../../language/records/people/answers.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Queryable } from '../postgres/database.ts';

export interface NewTask {
  /** The effect's id. */
  id: string;
  enrolmentId: string;
  playbook: string;
  subject: SubjectRef;
  title: string;
  assignee: string | null;
  priority: string;
  checklist: Json | null;
  dueAt: Instant | null;
  createdAt: Instant;
}

export async function insertTasks(client: Queryable, tasks: readonly NewTask[]): Promise<void> {
  if (tasks.length === 0) return;
  const flat = tasks.map((task) => ({ ...task, type: task.subject.type, subject: task.subject.id }));
  await client.query(
    `INSERT INTO tasks (id, enrolment_id, effect_id, playbook, subject_type, subject_id, title, assignee, priority,
                        checklist, due_at, created_at, changed_at)
     SELECT id, "enrolmentId", id, playbook, type, subject, title, assignee, priority, checklist,
            cuebook_instant("dueAt"), cuebook_instant("createdAt"), cuebook_instant("createdAt")
       FROM jsonb_to_recordset($1::jsonb) AS w (id text, "enrolmentId" text, playbook text, type text, subject text,
         title text, assignee text, priority text, checklist jsonb, "dueAt" bigint, "createdAt" bigint)
     ON CONFLICT (id) DO NOTHING`,
    [JSON.stringify(flat)],
  );
}

/** Withdraws the open tasks among these; what is done stays done. */
export async function withdrawTasks(client: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await client.query(
    `UPDATE tasks SET status = 'withdrawn', changed_at = cuebook_now()
      WHERE id = ANY($1::text[]) AND status IN ('open', 'accepted')`,
    [ids],
  );
}

/** An event that answers tasks, on the timeline of its subject. */
export interface TaskAnswer {
  subject: SubjectRef;
  name: string;
  at: Instant;
  properties: { [name: string]: Json };
}

interface AnsweredTask extends TaskAnswered {
  id: string;
  enrolmentId: string;
  playbook: string;
  type: SubjectType;
  subjectId: string;
  path: string;
  since: Instant;
}

/**
 * Writes what answers make of the tasks that they name, in whatever order they come; withdrawn ones take none. The caller
 * holds the locks of the answers' subjects.
 */
export async function answerTasks(client: Queryable, answers: readonly TaskAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  const subjects = new Map(answers.map(({ subject }) => [subjectKey(subject), subject]));
  const { rows } = await client.query<AnsweredTask>(
    `SELECT t.id, e.id AS "enrolmentId", e.playbook, e.subject_type AS type, e.subject_id AS "subjectId", x.path, x.at AS since,
            t.accepted_at AS "acceptedAt", t.done_at AS "doneAt", t.reopened_at AS "reopenedAt"
       FROM unnest($1::text[], $2::text[]) AS w (type, id)
       JOIN enrolments e ON e.subject_type = w.type AND e.subject_id = w.id
       JOIN tasks t ON t.enrolment_id = e.id AND t.status <> 'withdrawn' JOIN effects x ON x.id = t.effect_id
      ORDER BY t.id FOR UPDATE OF t`,
    [[...subjects.values()].map(({ type }) => type), [...subjects.values()].map(({ id }) => id)],
  );
  const changed = rows.flatMap((task) => {
    const answered = answers.reduce(
      (before, answer) => (isOf(answer, task) ? withAnswer(before, answer.name, answer.at) : before),
      task as TaskAnswered,
    );
    const { acceptedAt, doneAt, reopenedAt } = answered;
    return answered === task ? [] : [{ id: task.id, acceptedAt, doneAt, reopenedAt, status: statusOf(answered) }];
  });
  if (changed.length === 0) return;
  await client.query(
    `UPDATE tasks t SET status = w.status, accepted_at = cuebook_instant(w."acceptedAt"), done_at = cuebook_instant(w."doneAt"),
            reopened_at = cuebook_instant(w."reopenedAt"), changed_at = cuebook_now()
       FROM jsonb_to_recordset($1::jsonb)
         AS w (id text, status text, "acceptedAt" bigint, "doneAt" bigint, "reopenedAt" bigint) WHERE t.id = w.id`,
    [JSON.stringify(changed)],
  );
}

function isOf({ subject, at, properties }: TaskAnswer, task: AnsweredTask): boolean {
  if (subject.type !== task.type || subject.id !== task.subjectId || at <= task.since) return false;
  return !namesAnother(properties, task) && namesAsked(properties, task);
}

/** The tasks of some enrolments that are not done and not withdrawn, by their places. */
export async function readOwnTasks(
  client: Queryable,
  enrolmentIds: readonly string[],
): Promise<Map<string, { path: string; iteration: string }[]>> {
  const { rows } = await client.query<{ id: string; path: string; iteration: string }>(
    `SELECT t.enrolment_id AS id, x.path, x.iteration FROM tasks t JOIN effects x ON x.id = t.effect_id
      WHERE t.enrolment_id = ANY($1::text[]) AND t.status IN ('open', 'accepted') ORDER BY t.created_at, t.id`,
    [enrolmentIds],
  );
  const found = new Map<string, { path: string; iteration: string }[]>();
  for (const { id, ...place } of rows) found.set(id, [...(found.get(id) ?? []), place]);
  return found;
}

/** How many tasks each colleague has to do; those with none are left out. */
export async function countOpenTasks(client: Queryable): Promise<Map<string, number>> {
  const { rows } = await client.query<{ assignee: string; open: number }>(
    `SELECT assignee, count(*)::int AS open FROM tasks
      WHERE assignee IS NOT NULL AND status IN ('open', 'accepted') GROUP BY 1`,
  );
  return new Map(rows.map((row) => [row.assignee, row.open]));
}
