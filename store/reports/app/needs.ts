/** What waits for somebody: counted from indexes that hold nothing else. */
import type { Instant } from '../../../language/model.ts';
import type { Queryable } from '../../postgres/database.ts';

export interface Needs {
  tasksOpen: number;
  tasksOverdue: number;
  approvals: number;
  /** For good, within the last 7 days. */
  messagesFailed: number;
}

export async function readNeeds(
  client: Queryable,
  { now, failedSince }: { now: Instant; failedSince: Instant },
): Promise<Needs> {
  const { rows } = await client.query<Needs>(
    `SELECT (SELECT count(*)::int FROM tasks WHERE status IN ('open', 'accepted')
                AND (snoozed_until > cuebook_instant($1)) IS NOT TRUE) AS "tasksOpen",
            (SELECT count(*)::int FROM tasks WHERE status IN ('open', 'accepted') AND due_at < cuebook_instant($1)
                AND (snoozed_until > cuebook_instant($1)) IS NOT TRUE) AS "tasksOverdue",
            (SELECT count(*)::int FROM effects x WHERE x.kind = 'approve' AND x.status <> 'refused' AND EXISTS (
               SELECT FROM subscriptions s WHERE s.enrolment_id = x.enrolment_id AND s.path = x.path
                  AND s.iteration = x.iteration)) AS approvals,
            (SELECT count(*)::int FROM effects WHERE status = 'failed' AND claim IS NULL
                AND at >= cuebook_instant($2)) AS "messagesFailed"`,
    [now, failedSince],
  );
  return rows[0]!;
}
