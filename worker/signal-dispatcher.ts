/** Signals cohorts the inputs of their members (architecture, decision 6). */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { complainer, type Say } from '../activities/complainer.ts';
import { type InputRow, markSignalled, takeUnsignalled } from '../store/journeys/journey-inputs.ts';
import type { Database } from '../store/postgres/database.ts';
import { INPUTS_SIGNAL, type InputsSignal, workflowIdOf } from '../workflows/cohort/types.ts';
import { isUnavailable } from './grpc-errors.ts';
import { inputOf } from './inputs.ts';

export interface SignalDispatcherOptions {
  database: Database;
  client: Client;
  log: Logger;
}

/** Signals at a time, and in one transaction. */
const MAX_COHORTS = 20;
/** Some 200 bytes each: well below what one signal may carry, should they all be of one cohort. */
const MAX_INPUTS = 1_000;
const SIGNAL_DEADLINE_MS = 4_000;
/** Cohorts stay locked while they are signalled: longer than that takes. */
const TRANSACTION_MS = 2 * SIGNAL_DEADLINE_MS;

/**
 * Signals inputs that are not marked as signalled. A crash between signal and mark signals twice: journeys drop inputs
 * that they have seen. A cohort that cannot be signalled does not keep others from it.
 */
export class SignalDispatcher {
  readonly #options: SignalDispatcherOptions;
  readonly #complain: (error: unknown) => void;

  constructor(options: SignalDispatcherOptions) {
    this.#options = options;
    const say: Say = (err, silenced) => options.log.error({ err, silenced }, 'A cohort cannot be signalled its inputs');
    this.#complain = complainer(say);
  }

  /** @throws what Temporal or PostgreSQL threw, where the same may succeed later. */
  async poll(): Promise<void> {
    const problems: unknown[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await this.#signalPage(after);
      // The rest of a page in which something failed would fail again: the next poll takes it.
      after = page.last === after && page.problems.length > 0 ? undefined : page.last;
      problems.push(...page.problems);
    }
    for (const problem of problems) if (!isUnavailable(problem)) this.#complain(problem);
    const transient = problems.find(isUnavailable);
    if (transient !== undefined) throw transient;
  }

  async #signalPage(after: string): Promise<{ last?: string | undefined; problems: unknown[] }> {
    return this.#options.database.transaction(
      async (transaction) => {
        const page = { after, most: MAX_INPUTS, mostCohorts: MAX_COHORTS };
        const { inputs, last } = await takeUnsignalled(transaction, page);
        const done = await Promise.allSettled([...inputs].map(([cohortId, rows]) => this.#signal(cohortId, rows)));
        const signalled = done.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
        if (signalled.length > 0) await markSignalled(transaction, signalled);
        return { last, problems: done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])) };
      },
      { timeoutMs: TRANSACTION_MS },
    );
  }

  async #signal(cohortId: string, rows: readonly InputRow[]): Promise<readonly InputRow[]> {
    const { client, log } = this.#options;
    const inputs: InputsSignal = rows.map((row) => ({ id: row.enrolmentId, input: inputOf(row) }));
    const handle = client.workflow.getHandle(workflowIdOf(cohortId));
    try {
      await client.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, () => handle.signal(INPUTS_SIGNAL, inputs));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      log.info({ cohortId, inputs: rows.length }, 'Inputs of a cohort that has ended were dropped');
    }
    return rows;
  }
}
