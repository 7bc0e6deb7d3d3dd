/** When a stepped clock has something to do. */
import type { Instant } from '../../language/model.ts';
import type { Database } from '../../store/postgres/database.ts';

/** The clock passes a deadline, and an instant for which a journey waits, a millisecond after it. */
export async function nextDue({ database }: { database: Database }): Promise<Instant | undefined> {
  const { rows } = await database.pool.query<{ at: Instant | null }>(
    `SELECT least((SELECT min(due_at) FROM deadlines),
                  (SELECT min(next_at) FROM enrolments WHERE outcome IS NULL AND next_at >= cuebook_now())) AS at`,
  );
  return rows[0]!.at === null ? undefined : rows[0]!.at + 1;
}

/** The same for what journeys and schedules wait for, without what is only looked at then (windows of traits, predictions). */
export async function nextMove({ database }: { database: Database }): Promise<Instant | undefined> {
  const { rows } = await database.pool.query<{ at: Instant | null }>(
    `SELECT least((SELECT min(next_at) FROM schedules WHERE playbook NOT LIKE 'trait:%' AND next_at >= cuebook_now()),
                  (SELECT min(next_at) FROM enrolments WHERE outcome IS NULL AND next_at >= cuebook_now())) AS at`,
  );
  return rows[0]!.at === null ? undefined : rows[0]!.at + 1;
}
