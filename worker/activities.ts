/** The cohort's activities as Temporal runs them: with heartbeats, and without details of errors in histories. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Logger } from 'pino';
import type { StoppableActivities } from '../activities/journey.ts';
import { isTransient } from '../store/postgres/retry.ts';
import type { CohortActivities, CohortReply, CohortRequest } from '../workflows/cohort/types.ts';
import { reasonOf } from './part-watch.ts';
import type { UnderWay } from './under-way.ts';

/** A third of what the workflow allows between two heartbeats. */
const HEARTBEAT_MS = 10_000;

/**
 * An error that an activity throws is written into a history, which cannot be edited: so only its code goes there, and
 * the whole of it into the log (architecture, decision 7).
 */
export function temporalActivities(activities: StoppableActivities, log: Logger, underWay: UnderWay): CohortActivities {
  const { stopping } = underWay;
  const sealed = async (name: string, request: CohortRequest, work: () => Promise<CohortReply>) => {
    try {
      return await work();
    } catch (error) {
      const { cohortId } = request;
      const what = isTransient(error) ? { reason: reasonOf(error) } : { err: error };
      log.warn({ ...what, cohortId, items: request.items.length }, `Activity ${name} failed; Temporal retries it`);
      const failure = ApplicationFailure.retryable(`${name} failed: ${codeOf(error)}`, codeOf(error));
      failure.stack = '';
      throw failure;
    }
  };
  return {
    // Its workflow task is held open until it ends, and the worker waits for that: what goes on at once would never let it end.
    decide: async (request) => {
      if (stopping.aborted) throw notBegun();
      return underWay.during(() => sealed('decide', request, () => activities.decide(request)));
    },
    deliver: (request) =>
      underWay.during(() => sealed('deliver', request, () => beating(() => activities.deliver(request, stopping)))),
  };
}

/** The cohort asks again after its pause, by a timer, which ends its task: another worker, or the next, hears that. */
function notBegun(): ApplicationFailure {
  const failure = ApplicationFailure.create({
    message: 'decide was not begun: the worker ends',
    type: 'WORKER_ENDS',
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  });
  failure.stack = '';
  return failure;
}

async function beating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** `57P03`, `ECONNREFUSED`, `TypeError`: what failed, and nothing about a person. */
function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  for (const candidate of [code, name]) {
    if (typeof candidate === 'string' && /^\w{1,60}$/.test(candidate)) return candidate;
  }
  return 'unknown';
}
