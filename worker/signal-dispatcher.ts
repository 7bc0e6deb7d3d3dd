/** Signals cohorts what their members are to be told (architecture, decision 6). */
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Logger } from 'pino';
import { type InputRow, markSignalled, takeUnsignalled } from '../store/journeys/journey-inputs.ts';
import type { Database } from '../store/postgres/database.ts';
import { INPUTS_SIGNAL, type InputsSignal } from '../workflows/cohort/types.ts';
import { complainer, type Say } from './backoff.ts';
import { workflowIdOf } from './ids.ts';
import { inputOf } from './inputs.ts';

export interface SignalDispatcherOptions {
  database: Database;
  client: Client;
  log: Logger;
}

/** Signals at a time, and in one transaction. */
const MAX_COHORTS = 20;
/** Some 200 bytes each: well below what one signal may carry, were they all of one cohort. */
const MAX_INPUTS = 1_000;
const SIGNAL_DEADLINE_MS = 4_000;
/** Cohorts stay locked while they are signalled: longer than that takes. */
const TRANSACTION_MS = 2 * SIGNAL_DEADLINE_MS;
const INVALID_ARGUMENT = 3;

/**
 * Signals what journeys are to be told. A crash between signal and mark signals twice: journeys drop what they have
 * seen. A cohort that cannot be told, whatever the reason, does not keep others from being told.
 */
export class SignalDispatcher {
  readonly #options: SignalDispatcherOptions;
  readonly #complain: (error: unknown) => void;

  constructor(options: SignalDispatcherOptions) {
    this.#options = options;
    const say: Say = (err, silenced) => options.log.error({ err, silenced }, 'A cohort cannot be told its inputs');
    this.#complain = complainer(say);
  }

  /** @throws what Temporal or PostgreSQL threw, where the same may succeed later. */
  async poll(): Promise<void> {
    const problems: unknown[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = await this.#tellPage(after);
      // What is left of a page in which something failed would fail again: the next look takes it.
      after = page.last === after && page.problems.length > 0 ? undefined : page.last;
      problems.push(...page.problems);
    }
    const passing = problems.filter((problem) => mayPass(problem));
    for (const problem of problems) if (!mayPass(problem)) this.#complain(problem);
    if (passing.length > 0) throw passing[0];
  }

  async #tellPage(after: string): Promise<{ last?: string | undefined; problems: unknown[] }> {
    return this.#options.database.transaction(
      async (transaction) => {
        const page = { after, most: MAX_INPUTS, mostCohorts: MAX_COHORTS };
        const { inputs, last } = await takeUnsignalled(transaction, page);
        const done = await Promise.allSettled([...inputs].map(([cohortId, rows]) => this.#tell(cohortId, rows)));
        const told = done.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
        if (told.length > 0) await markSignalled(transaction, told);
        return { last, problems: done.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])) };
      },
      { timeoutMs: TRANSACTION_MS },
    );
  }

  async #tell(cohortId: string, rows: readonly InputRow[]): Promise<readonly InputRow[]> {
    const { client, log } = this.#options;
    const inputs: InputsSignal = rows.map((row) => ({ id: row.enrolmentId, input: inputOf(row) }));
    const handle = client.workflow.getHandle(workflowIdOf(cohortId));
    try {
      await client.withDeadline(Date.now() + SIGNAL_DEADLINE_MS, () => handle.signal(INPUTS_SIGNAL, inputs));
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
      log.info({ cohortId, inputs: rows.length }, 'Inputs came for a cohort that has ended; nobody is left to be told');
    }
    return rows;
  }
}

/** True when Temporal was away, or in the way; false when the same signal would be refused again. */
function mayPass(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((it) => isGrpcServiceError(it) && it.code !== INVALID_ARGUMENT);
}
