/** Whether a system has come to rest: nothing is on its way, and no journey can move before the clock does. */
import type { Client } from '@temporalio/client';
import type { Queryable } from '../../store/postgres/database.ts';
import { workflowIdOf } from '../../workflows/cohort/types.ts';

interface Work {
  pending: number;
  unclaimed: number;
  unstarted: number;
  untold: number;
  working: number;
  /** Moves with every step of a journey, and with every event. */
  fingerprint: string;
  cohorts: string[] | null;
}

/** Cohorts whose members have all ended may still be closing: nothing comes of them. What a halt holds is at rest. */
const WORK = `
SELECT (SELECT count(*) FROM pending_events WHERE set_aside_at IS NULL) AS pending,
       (SELECT count(*) FROM enrolments WHERE outcome IS NULL AND cohort_id IS NULL) AS unclaimed,
       (SELECT count(*) FROM cohorts WHERE started_at IS NULL) AS unstarted,
       (SELECT count(*) FROM journey_inputs i JOIN enrolments e ON e.id = i.enrolment_id
         WHERE i.signalled_at IS NULL AND e.outcome IS NULL) AS untold,
       (SELECT count(*) FROM enrolments e WHERE outcome IS NULL AND next_at < cuebook_now()
           AND NOT EXISTS (SELECT FROM halted_effects h WHERE h.enrolment_id = e.id)) AS working,
       concat_ws(' ', (SELECT max(arrival) FROM events), (SELECT count(*) FROM step_answers),
         (SELECT count(*) FROM journey_inputs), (SELECT count(*) FROM enrolments WHERE outcome IS NULL)) AS fingerprint,
       (SELECT array_agg(DISTINCT cohort_id) FROM enrolments WHERE outcome IS NULL AND cohort_id IS NOT NULL) AS cohorts`;

/** Undefined when it rests; else what it is busy with. */
export async function busyWith(client: Queryable, temporal: Client): Promise<string | undefined> {
  const before = await readWork(client);
  const { pending, unclaimed, unstarted, untold, working, cohorts } = before;
  if (pending + unclaimed + unstarted + untold + working > 0) return JSON.stringify(before);
  const described = (cohorts ?? []).map(async (cohort) => {
    const { raw } = await temporal.workflow.getHandle(workflowIdOf(cohort)).describe();
    if (raw.pendingWorkflowTask) return `cohort ${cohort} has a workflow task`;
    if ((raw.pendingActivities?.length ?? 0) > 0) return `cohort ${cohort} has an activity`;
    return undefined;
  });
  const busy = (await Promise.all(described)).find((one) => one !== undefined);
  if (busy !== undefined) return busy;
  // What was on its way between the store and Temporal while one looked at either has left a mark.
  const after = await readWork(client);
  return after.fingerprint === before.fingerprint && after.working === 0 ? undefined : 'it moved while one looked';
}

async function readWork(client: Queryable): Promise<Work> {
  const { rows } = await client.query<Work>(WORK);
  return rows[0]!;
}
