/** The worker process: a Temporal worker and a dispatcher on one connection, so that starts are eager (decision 3). */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Database } from '../store/postgres/database.ts';
import type { CohortActivities } from '../workflows/cohort/types.ts';
import { connectTemporal, type TemporalOptions } from './connection.ts';
import { startDispatcher } from './dispatcher.ts';
import { versionsOf } from './versions.ts';
import { createWorker } from './workflow-worker.ts';

export interface WorkerOptions extends TemporalOptions {
  taskQueue: string;
  database: Database;
  activities: CohortActivities;
  log: Logger;
  mostInFlight?: number;
  pollMs?: number;
}

export interface RunningWorker {
  /** Ends after `shutdown`; rejects when the worker cannot go on. */
  readonly run: Promise<void>;
  /** For signals and queries; closed with the worker. */
  readonly client: Client;
  /** Takes on nothing more, waits for what is under way (some seconds), closes the connection. May be called twice. */
  shutdown(): Promise<void>;
}

/** @throws Error that names the address, when Temporal cannot be reached at the start. Later absences are waited out. */
export async function runWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { taskQueue, database, activities, log, mostInFlight, pollMs } = options;
  const temporal = await connectTemporal(options, log);
  const worker = await createWorker({ temporal, taskQueue, activities, log }).catch(async (error: unknown) => {
    await temporal.close();
    throw error;
  });
  const running = worker.run();
  const { client } = temporal;
  const versions = versionsOf(database);
  const dispatcher = startDispatcher({ database, client, taskQueue, versions, log, mostInFlight, pollMs });
  const end = async () => {
    try {
      await running;
    } finally {
      await dispatcher.stop();
      await temporal.close();
    }
  };
  const run = end();
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await dispatcher.stop();
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await run;
  };
  return { run, client, shutdown: () => (stopping ??= stop()) };
}
