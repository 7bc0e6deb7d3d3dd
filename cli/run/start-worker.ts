/** Starts what carries out journeys: the mailer, the activities, the Temporal worker, and the loops beside it. */
import type { Activities } from '../../activities/calls/load.ts';
import { complainer } from '../../activities/complainer.ts';
import { recoverOrphanedClaims } from '../../activities/deliver.ts';
import { createActivities } from '../../activities/journey.ts';
import { refusalLog } from '../../activities/mail/refusal-log.ts';
import { openMailer } from '../../activities/mail/transport.ts';
import type { Database } from '../../store/postgres/database.ts';
import { taskQueueOf } from '../../store/postgres/store-id.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { startClockTeller } from '../../worker/clock-teller.ts';
import type { TemporalOptions } from '../../worker/connection.ts';
import { startLoop } from '../../worker/loop.ts';
import { reasonOf } from '../../worker/part-watch.ts';
import { type RunningWorker, runWorker } from '../../worker/worker.ts';
import type { Logger } from '../report/log.ts';
import type { PartWatches } from './part-watches.ts';

export interface WorkerOptions {
  temporal: TemporalOptions;
  /** Default: `cuebook`. */
  taskQueue?: string;
  smtpUrl: string;
  /** Mails on their way at once. Default: few, or more where the provider can be asked what it took. */
  smtpConnections?: number | undefined;
  /** Sign requests of webhooks; without any they wait. */
  webhookSecrets?: readonly Buffer[] | undefined;
  /** Custom activities; without any, calls of them wait. */
  activities?: Activities | undefined;
  /** Where links in mails lead. Default: the HTTP server of this process. */
  publicUrl?: string | undefined;
  /** Whether a mail was taken, where the provider can be asked (P4). */
  ask?: Ask | undefined;
}

export type Ask = NonNullable<Parameters<typeof createActivities>[0]['ask']>;

/** What the worker of a process stands on. */
export interface WorkerGround {
  database: Database;
  secret: string;
  log: Logger;
  watches: PartWatches;
  /** Told of each thing that was started, in order. */
  onStarted(name: string, stop: () => Promise<void>): void;
}

/** Shorter than the lease of an effect (P4). */
const SMTP_TIMEOUT_MS = 20_000;
const SMTP_CONNECTIONS = 2;
const ASKED_CONNECTIONS = 5;
const ORPHANS_EVERY_MS = 5_000;
const MAILS_EVERY_MS = 1_000;

/** @throws Error that names the address, when Temporal cannot be reached. */
export async function startWorker(
  options: WorkerOptions & { publicUrl: string },
  { database, secret, log, watches, onStarted }: WorkerGround,
): Promise<RunningWorker> {
  const { publicUrl } = options;
  const connections = options.smtpConnections ?? (options.ask ? ASKED_CONNECTIONS : SMTP_CONNECTIONS);
  const mailer = watches.watching(openMailer({ url: options.smtpUrl, timeoutMs: SMTP_TIMEOUT_MS, connections }));
  onStarted('the mailer', () => mailer.close());
  const activities = createActivities({
    database,
    mailer,
    watermark: openWatermark(database),
    secret,
    publicUrl,
    log,
    onRefused: refusalLog(log),
    webhookSecrets: options.webhookSecrets,
    activities: options.activities,
    // Which is how many a crash leaves unknown (P4).
    inHandover: connections,
    ...(options.ask && { ask: options.ask }),
  });
  // A namespace may be shared with other stores: each has a task queue of its own.
  const { temporal, taskQueue = await taskQueueOf(database.pool) } = options;
  const worker = await runWorker({ ...temporal, taskQueue, database, activities, log });
  watches.temporal = worker.temporal;
  onStarted('the worker', () => worker.shutdown());
  const teller = startClockTeller({ database, client: worker.client, log });
  onStarted('the teller of the clock', () => teller.stop());
  const orphans = startLoop({
    work: async () => void (await recoverOrphanedClaims({ database, log, ask: options.ask })),
    everyMs: ORPHANS_EVERY_MS,
    onError: complainer((err) =>
      log.warn({ reason: reasonOf(err) }, 'Orphaned claims cannot be recovered; trying again'),
    ),
  });
  onStarted('the recovery of orphaned claims', () => orphans.stop());
  const mails = startLoop({
    work: async (stopping) => void (await activities.mailColleagues(stopping)),
    everyMs: MAILS_EVERY_MS,
    onError: complainer((err) =>
      log.warn({ reason: reasonOf(err) }, 'Mails to colleagues cannot be sent; trying again'),
    ),
  });
  onStarted('the mails to colleagues', () => mails.stop());
  return worker;
}
