/** The dispatcher: takes enrolments and inputs from the store to Temporal. Lives in the worker's process (decision 3). */

import { complainer } from '../activities/complainer.ts';
import { ENROLMENTS_CHANNEL } from '../store/journeys/cohorts.ts';
import { INPUTS_CHANNEL } from '../store/journeys/journey-inputs.ts';
import { CohortStarter, type CohortStarterOptions } from './cohort-starter.ts';
import { startLoop } from './loop.ts';
import { reasonOf } from './part-watch.ts';
import { listen } from './pg-listener.ts';
import { SignalDispatcher } from './signal-dispatcher.ts';

export interface DispatcherOptions extends CohortStarterOptions {
  /** Polls without a notification, default 1,000. */
  pollMs?: number | undefined;
}

export interface Dispatcher {
  /** Claims and signals nothing more, and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Begins at once. While PostgreSQL or Temporal is away it tries again, ever slower, and logs that once a minute. Any
 * number of dispatchers may run on one store.
 */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { database, log, pollMs: everyMs = 1_000 } = options;
  const starter: CohortStarter = new CohortStarter(options, () => starts.wake());
  const signalDispatcher = new SignalDispatcher(options);
  const starts = startLoop({
    work: () => starter.poll(),
    everyMs,
    onError: complainer((err, silenced) =>
      log.warn({ reason: reasonOf(err), silenced }, 'Enrolments cannot be claimed; trying again'),
    ),
  });
  const signals = startLoop({
    work: () => signalDispatcher.poll(),
    everyMs,
    onError: complainer((err, silenced) =>
      log.warn({ reason: reasonOf(err), silenced }, 'Inputs of journeys cannot be signalled; trying again'),
    ),
  });
  const listener = listen(database, [ENROLMENTS_CHANNEL, INPUTS_CHANNEL], (channel) => {
    if (channel === ENROLMENTS_CHANNEL) starts.wake();
    else signals.wake();
  });
  return {
    async stop() {
      await Promise.all([listener.close(), starts.stop(), signals.stop()]);
      await starter.stop();
    },
  };
}
