/** What people do with a task without answering it (S6): it is given to another, put off, talked about. None of it is an event. */
import type { Instant } from '../../language/model.ts';
import type { Database } from '../postgres/database.ts';

/** `moved`: it is somebody else's by now than who was said; `over`: it takes no answer any more. */
export type TaskChange = { is: 'done' } | { is: 'over' } | { is: 'moved'; assignee: string | null };

/** @param from whose it was when that was decided: two who give it away at once do not overrule each other */
export async function assignTask(
  database: Database,
  { id, from, to }: { id: string; from: string | null; to: string },
): Promise<TaskChange> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<{ assignee: string | null; status: string }>(
      'SELECT assignee, status FROM tasks WHERE id = $1 FOR UPDATE',
      [id],
    );
    const task = rows[0];
    if (task === undefined || !isOpen(task.status)) return { is: 'over' };
    // Twice the same is once.
    if (task.assignee === to) return { is: 'done' };
    if (task.assignee !== from) return { is: 'moved', assignee: task.assignee };
    await client.query('UPDATE tasks SET assignee = $2 WHERE id = $1', [id, to]);
    return { is: 'done' };
  });
}

/** @param until null: it is in the lists again */
export async function snoozeTask(
  { pool }: Pick<Database, 'pool'>,
  { id, until }: { id: string; until: Instant | null },
): Promise<TaskChange> {
  const { rowCount } = await pool.query(
    "UPDATE tasks SET snoozed_until = cuebook_instant($2) WHERE id = $1 AND status IN ('open', 'accepted')",
    [id, until],
  );
  return { is: rowCount === 1 ? 'done' : 'over' };
}

function isOpen(status: string): boolean {
  return status === 'open' || status === 'accepted';
}

export interface TaskComment {
  id: string;
  at: Instant;
  byName: string;
  text: string;
}

export const MAX_COMMENTS = 200;

/** The first ones first. */
export async function readComments({ pool }: Pick<Database, 'pool'>, taskId: string): Promise<TaskComment[]> {
  const { rows } = await pool.query<TaskComment>(
    `SELECT id, at, by_name AS "byName", text FROM task_comments WHERE task_id = $1 ORDER BY at, id LIMIT ${MAX_COMMENTS}`,
    [taskId],
  );
  return rows;
}

export interface NewComment {
  /** Of whoever writes it. */
  id: string;
  taskId: string;
  byUser: string | null;
  byName: string;
  text: string;
}

/** One of the same id changes nothing. @returns false where the task has too many */
export async function addComment(database: Database, comment: NewComment): Promise<boolean> {
  const { id, taskId, byUser, byName, text } = comment;
  return database.transaction(async (client) => {
    await client.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [taskId]);
    const { rowCount } = await client.query(
      `INSERT INTO task_comments (id, task_id, at, by_user, by_name, text)
       SELECT $1, $2, cuebook_now(), $3, $4, $5
        WHERE (SELECT count(*) FROM task_comments WHERE task_id = $2 AND id <> $1) < ${MAX_COMMENTS}
       ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING id`,
      [id, taskId, byUser, byName, text],
    );
    return rowCount === 1;
  });
}
