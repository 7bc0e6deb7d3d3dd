/** The lower bound of the sweep: due rows claimed by `SKIP LOCKED` and deleted, and nothing evaluated. */
import type { Database } from '../../store/postgres/database.ts';

/** As many as the evaluator takes in one transaction. */
const AT_ONCE = 500;

/** A copy of the deadlines, in a table of its own. */
export async function copyDeadlines(database: Database): Promise<void> {
  await database.pool.query('DROP TABLE IF EXISTS bare_deadlines');
  await database.pool.query('CREATE TABLE bare_deadlines AS SELECT subject_type, subject_id, due_at FROM deadlines');
  await database.pool.query('ALTER TABLE bare_deadlines ADD PRIMARY KEY (subject_type, subject_id)');
  await database.pool.query('CREATE INDEX ON bare_deadlines (due_at)');
  await database.pool.query('VACUUM (ANALYZE) bare_deadlines');
}

/** Deletes the due rows. @returns how many there were. */
export async function claimBarely(database: Database): Promise<number> {
  let all = 0;
  for (let claimed = AT_ONCE; claimed === AT_ONCE; all += claimed) {
    const { rowCount } = await database.pool.query(
      `DELETE FROM bare_deadlines WHERE (subject_type, subject_id) IN (
         SELECT subject_type, subject_id FROM bare_deadlines WHERE due_at < cuebook_now()
          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
      [AT_ONCE],
    );
    claimed = rowCount ?? 0;
  }
  return all;
}
