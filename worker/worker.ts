/** The worker process: a Temporal worker and a dispatcher on one connection, so that starts are eager (decision 3). */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { StoppableActivities } from '../activities/journey.ts';
import type { Database } from '../store/postgres/database.ts';
import { connectTemporal, type TemporalOptions } from './connection.ts';
import { startDispatcher } from './dispatcher.ts';
import { type PartWatch, PROBE_WITHIN_MS, startProbe } from './part-watch.ts';
import { UnderWay } from './under-way.ts';
import { versionsOf } from './versions.ts';
import { createWorker } from './workflow-worker.ts';

export interface WorkerOptions extends TemporalOptions {
  taskQueue: string;
  database: Database;
  activities: StoppableActivities;
  log: Logger;
  mostInFlight?: number;
  pollMs?: number;
}

export interface RunningWorker {
  /** Ends after `shutdown`; rejects when the worker cannot go on. */
  readonly run: Promise<void>;
  /** For signals and queries; closed with the worker. */
  readonly client: Client;
  /** Whether Temporal answers; asked every few seconds. */
  readonly temporal: PartWatch;
  /** Takes on nothing more, waits for what is under way (some seconds), closes the connection. May be called twice. */
  shutdown(): Promise<void>;
}

/** After the worker's own time to end (workflow-worker.ts); together longer than a mail server may take. */
const DRAIN_MS = 10_000;

/** @throws Error that names the address, when Temporal cannot be reached at the start. Later absences are waited out. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { taskQueue, database, activities, log, mostInFlight, pollMs } = options;
  const temporal = await connectTemporal(options, log);
  const underWay = new UnderWay();
  const worker = await createWorker({ temporal, taskQueue, activities, log, underWay }).catch(
    async (error: unknown) => {
      await temporal.close();
      throw error;
    },
  );
  const running = worker.run();
  const { client } = temporal;
  const versions = versionsOf(database);
  const dispatcher = startDispatcher({ database, client, taskQueue, versions, log, mostInFlight, pollMs });
  const probe = startProbe(temporal.watch, () =>
    client.withDeadline(Date.now() + PROBE_WITHIN_MS, () => client.workflowService.getSystemInfo({})),
  );
  const end = async () => {
    try {
      await running;
    } finally {
      underWay.stop();
      await dispatcher.stop();
      await probe.stop();
      // Temporal has given them up; they still use the database and the mailer, which are closed next.
      const left = await underWay.ended(DRAIN_MS);
      if (left > 0)
        log.error({ activities: left }, 'Activities go on though the worker ends; what they do is not answered');
      await temporal.close();
    }
  };
  const run = end();
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    underWay.stop();
    await dispatcher.stop();
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await run;
  };
  return { run, client, temporal: temporal.watch, shutdown: () => (stopping ??= stop()) };
}
