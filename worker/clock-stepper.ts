/** Tells cohorts that a stepped clock has moved (architecture, decision 13). */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Instant } from '../language/model.ts';
import { dueCohorts } from '../store/journeys/cohorts.ts';
import type { Database } from '../store/postgres/database.ts';
import { CLOCK_SIGNAL, type ClockSignal, workflowIdOf } from '../workflows/cohort/types.ts';

const AT_A_TIME = 10;

/**
 * Signals every cohort of which a member's `next_at` has come. To be called after the clock was moved to `to` and that
 * was committed: what begins to wait later reads the new clock itself.
 *
 * @returns how many were signalled.
 * @throws what Temporal throws; the call may be repeated.
 */
export async function signalDue(
  { database, client }: { database: Database; client: Client },
  to: Instant,
): Promise<number> {
  const reading: ClockSignal = { now: to, warp: 0 };
  let signalled = 0;
  for (let after = ''; ; ) {
    const ids = await dueCohorts(database.pool, to, after, AT_A_TIME);
    const found = await Promise.all(ids.map((id) => signalClock(client, id, reading)));
    signalled += found.filter(Boolean).length;
    if (ids.length < AT_A_TIME) return signalled;
    after = ids.at(-1)!;
  }
}

/** @returns false for a cohort that has ended, or was never started. @throws what else Temporal throws. */
export async function signalClock(client: Client, cohortId: string, reading: ClockSignal): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowIdOf(cohortId)).signal(CLOCK_SIGNAL, reading);
    return true;
  } catch (error) {
    // Not started yet: it reads the clock with its first answer. Or ended: it needs none.
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
