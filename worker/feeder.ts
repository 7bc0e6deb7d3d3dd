/** Signals cohorts what their members are to be told (architecture, decision 6). */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { type InputRow, markSignalled, takeUnsignalled } from '../store/journey-inputs.ts';
import { INPUTS_SIGNAL, type InputsSignal } from '../workflows/cohort/types.ts';
import { inputOf } from './inputs.ts';
import { workflowIdOf } from './starter.ts';

export interface FeederOptions {
  database: Database;
  client: Client;
  log: Logger;
}

/** Signals at a time, and in one transaction. */
const MOST_COHORTS = 20;
/** Some 200 bytes each: well below what one signal may carry, were they all of one cohort. */
const MOST_INPUTS = 1_000;
const SIGNAL_DEADLINE_MS = 4_000;
/** Cohorts stay locked while they are signalled: longer than that takes. */
const TRANSACTION_MS = 2 * SIGNAL_DEADLINE_MS;

/**
 * Signals until nothing is left. A crash between signal and mark signals twice: journeys drop what they have seen.
 *
 * @throws Error when Temporal did not take all of them; the others are marked.
 */
export async function feed(options: FeederOptions): Promise<void> {
  while ((await feedOnce(options)) > 0);
}

async function feedOnce({ database, client, log }: FeederOptions): Promise<number> {
  const problems: unknown[] = [];
  const told = await database.transaction(
    async (transaction) => {
      const taken = await takeUnsignalled(transaction, { most: MOST_INPUTS, mostCohorts: MOST_COHORTS });
      const taking = [...taken].map(async ([cohortId, rows]) => {
        await signal(client, log, cohortId, rows);
        return rows;
      });
      const done = await Promise.allSettled(taking);
      for (const one of done) if (one.status === 'rejected') problems.push(one.reason);
      const rows = done.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      if (rows.length > 0) await markSignalled(transaction, rows);
      return rows.length;
    },
    { timeoutMs: TRANSACTION_MS },
  );
  if (problems.length > 0) throw problems[0];
  return told;
}

async function signal(client: Client, log: Logger, cohortId: string, rows: readonly InputRow[]): Promise<void> {
  const inputs: InputsSignal = rows.map((row) => ({ id: row.enrolmentId, input: inputOf(row) }));
  const handle = client.workflow.getHandle(workflowIdOf(cohortId));
  try {
    await client.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, () => handle.signal(INPUTS_SIGNAL, inputs));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    log.info({ cohortId, inputs: rows.length }, 'Inputs came for a cohort that has ended; nobody is left to be told');
  }
}
