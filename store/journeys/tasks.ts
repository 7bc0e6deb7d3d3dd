/** Tasks for colleagues (S6). */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
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

/** How many tasks each colleague has to do; those with none are left out. */
export async function countOpenTasks(client: Queryable): Promise<Map<string, number>> {
  const { rows } = await client.query<{ assignee: string; open: number }>(
    `SELECT assignee, count(*)::int AS open FROM tasks
      WHERE assignee IS NOT NULL AND status IN ('open', 'accepted') GROUP BY 1`,
  );
  return new Map(rows.map((row) => [row.assignee, row.open]));
}
