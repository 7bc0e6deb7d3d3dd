/** Starts cohorts of pending enrolments (architecture, decisions 3 and 4). */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import { complainer } from '../activities/complainer.ts';
import {
  type Cohort,
  claimCohort,
  claimConversions,
  markStarted,
  nextPendingVersion,
  unstartedCohorts,
} from '../store/journeys/cohorts.ts';
import type { Database } from '../store/postgres/database.ts';
import {
  COHORT_LIMIT,
  COHORT_WORKFLOW,
  type CohortInput,
  type CohortMember,
  workflowIdOf,
} from '../workflows/cohort/types.ts';
import { conversionAlone } from '../workflows/journey/reduce.ts';
import { pause, pauseAfter } from './backoff.ts';
import { isInvalidArgument } from './grpc-errors.ts';
import { reasonOf } from './part-watch.ts';
import { VersionProblem, type Versions } from './versions.ts';

export interface CohortStarterOptions {
  database: Database;
  client: Client;
  taskQueue: string;
  versions: Versions;
  log: Logger;
  /** Starts at a time, default 10: the rows wait, the server is never flooded. */
  mostInFlight?: number | undefined;
  /** How often it looks for cohorts that a crash has left unstarted, default 10,000. */
  recoverEveryMs?: number | undefined;
}

const START_DEADLINE_MS = 10_000;
/** Cohorts that cannot be started, remembered so that they are not tried at every poll. */
const MAX_NON_RETRYABLE = 1_000;

export class CohortStarter {
  readonly #options: CohortStarterOptions;
  readonly #stopping = new AbortController();
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #nonRetryable = new Set<string>();
  readonly #onRoom: () => void;
  readonly #complain: (error: unknown) => void;
  #version = '';
  #recoveredAtMs = Number.NEGATIVE_INFINITY;

  /** @param onRoom called when a start has ended, so that there is room for another. */
  constructor(options: CohortStarterOptions, onRoom: () => void) {
    this.#options = options;
    this.#onRoom = onRoom;
    this.#complain = complainer((err, silenced) => {
      const waiting = this.#inFlight.size;
      options.log.warn({ reason: reasonOf(err), waiting, silenced }, 'Cohorts cannot be started; trying again');
    });
  }

  /** Claims and starts until nothing is pending or there is no room. */
  async poll(): Promise<void> {
    await this.#recover();
    // Enrolments that others have locked are skipped until the next poll.
    for (let misses = 0; misses < 10 && this.#room > 0 && !this.#stopping.signal.aborted; ) {
      const version = await nextPendingVersion(this.#options.database.pool, this.#version);
      if (version === undefined) break;
      this.#version = version;
      const cohort = await claimCohort(this.#options.database, version, COHORT_LIMIT);
      if (cohort) this.#begin(cohort);
      else misses += 1;
    }
    while (this.#room > 0 && !this.#stopping.signal.aborted) {
      const cohort = await claimConversions(this.#options.database, COHORT_LIMIT);
      if (!cohort) return;
      this.#begin(cohort);
    }
  }

  /** Starts no more; ends when those under way have ended or given up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#inFlight.values());
  }

  get #room(): number {
    return (this.#options.mostInFlight ?? 10) - this.#inFlight.size;
  }

  /** A crash between claim and start leaves a cohort without a workflow: the same one is started again. */
  async #recover(): Promise<void> {
    const nowMs = performance.now();
    if (this.#room <= 0 || nowMs - this.#recoveredAtMs < (this.#options.recoverEveryMs ?? 10_000)) return;
    const except = [...this.#inFlight.keys(), ...this.#nonRetryable];
    const cohorts = await unstartedCohorts(this.#options.database.pool, { except, most: this.#room });
    for (const cohort of cohorts) this.#begin(cohort);
    // A full list may not be all of them: the next poll, when there is room, goes on.
    if (this.#room > 0) this.#recoveredAtMs = nowMs;
  }

  #begin(cohort: Cohort): void {
    const start = this.#startUntilDone(cohort).finally(() => {
      this.#inFlight.delete(cohort.id);
      this.#onRoom();
    });
    this.#inFlight.set(cohort.id, start);
  }

  /** Keeps its place while Temporal is away, so that no more is claimed than can be started. */
  async #startUntilDone(cohort: Cohort): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      try {
        await this.#start(cohort);
        await markStarted(this.#options.database.pool, cohort.id);
        return;
      } catch (error) {
        if (isNonRetryable(error)) return this.#giveUp(cohort, error);
        this.#complain(error);
        failures += 1;
        await pause(pauseAfter(failures), this.#stopping.signal);
      }
    }
  }

  async #start({ id, playbook, versionHash, members: starts }: Cohort): Promise<void> {
    const { client, taskQueue, versions } = this.#options;
    const program = await versions.program(versionHash);
    const members = starts.map(({ conversion, ...member }): CohortMember => {
      if (!conversion) return member;
      const { at, event } = conversion;
      return { ...member, state: conversionAlone(program, at, event ?? undefined) };
    });
    const input: CohortInput = { schema: 1, cohortId: id, versionHash, program, members };
    try {
      await client.withDeadline(Date.now() + START_DEADLINE_MS, () =>
        client.workflow.start(COHORT_WORKFLOW, {
          taskQueue,
          workflowId: workflowIdOf(id),
          args: [input],
          // What Temporal's UI shows: no personal data, as in the input (architecture, decision 7).
          staticSummary: `${playbook}, ${members.length} ${members.length === 1 ? 'member' : 'members'}`,
          requestEagerStart: true,
          workflowIdConflictPolicy: 'USE_EXISTING',
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        }),
      );
    } catch (error) {
      // It ran and has ended: as good as started.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }

  #giveUp(cohort: Cohort, error: unknown): void {
    const { id: cohortId, versionHash, members } = cohort;
    this.#options.log.error(
      { err: error, cohortId, versionHash, members: members.length },
      'A cohort cannot be started; its enrolments wait until the cause is fixed and a worker restarts',
    );
    if (this.#nonRetryable.size >= MAX_NON_RETRYABLE) this.#nonRetryable.clear();
    this.#nonRetryable.add(cohort.id);
  }
}

/** True when the same start would fail again for ever. */
function isNonRetryable(error: unknown): boolean {
  return error instanceof VersionProblem || isInvalidArgument(error);
}
