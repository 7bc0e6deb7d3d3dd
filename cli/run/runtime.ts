/** One process of Cuebook: whichever of HTTP, evaluator and worker it is asked for, on parts that run already. */

import { complainer } from '../../activities/complainer.ts';
import { recoverOrphanedClaims } from '../../activities/deliver.ts';
import { createActivities } from '../../activities/journey.ts';
import { refusalLog } from '../../activities/mail/refusal-log.ts';
import { openMailer } from '../../activities/mail/transport.ts';
import { type Evaluator, runEvaluator } from '../../evaluator/evaluator.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { taskQueueOf } from '../../store/postgres/store-id.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
import { startClockTeller } from '../../worker/clock-teller.ts';
import type { TemporalOptions } from '../../worker/connection.ts';
import { startLoop } from '../../worker/loop.ts';
import { type RunningWorker, runWorker } from '../../worker/worker.ts';
import { type Stoppable, stopInOrder } from '../boot/stop-signals.ts';
import type { Logger } from '../report/log.ts';
import { type HttpOptions, type HttpServer, startHttp } from './http.ts';
import { startMaintenance } from './maintenance.ts';

export interface RuntimeOptions {
  /** Migrated, and its clock set. */
  databaseUrl: string;
  secret: string;
  log: Logger;
  /** News for people, a line each. */
  say: (line: string) => void;
  http?: Omit<HttpOptions, 'database' | 'secret' | 'log' | 'startingWith'>;
  /**
   * What changes the store for good: deploying, setting the clock. Once the address is known to be free, and before
   * anything is evaluated or carried out: a start that fails for want of a port changes nothing.
   */
  prepare?: ((database: Database) => Promise<void>) | undefined;
  evaluator?: boolean;
  /** False where each start makes a new store, and a warped clock need not go on. Default: true. */
  keepsClock?: boolean;
  worker?: {
    temporal: TemporalOptions;
    /** Default: `cuebook`. */
    taskQueue?: string;
    smtpUrl: string;
    /** Mails on their way at once. Default: few, or more where the provider can be asked what it took. */
    smtpConnections?: number | undefined;
    /** Sign requests of webhooks; without any they wait. */
    webhookSecrets?: readonly Buffer[] | undefined;
    /** Where links in mails lead. Default: the HTTP server of this process. */
    publicUrl?: string | undefined;
    /** Whether a mail was taken, where the provider can be asked (P4). */
    ask?: Ask | undefined;
  };
}

export type Ask = NonNullable<Parameters<typeof createActivities>[0]['ask']>;

export interface Runtime {
  database: Database;
  http?: HttpServer;
  evaluator?: Evaluator;
  worker?: RunningWorker;
  /** Rejects when the worker cannot go on; never resolves. */
  failed: Promise<never>;
  /** Stops taking requests, then evaluates no more, then ends what journeys are doing, then lets go of the database. */
  stop(): Promise<void>;
}

/** HTTP, evaluator, dispatcher and as many activities as a worker carries out at once. */
const CONNECTIONS = 24;
/** Shorter than the lease of an effect (P4). */
const SMTP_TIMEOUT_MS = 20_000;
const SMTP_CONNECTIONS = 2;
const ASKED_CONNECTIONS = 5;
const ORPHANS_EVERY_MS = 5_000;

/** @throws Failure when something cannot be started; what was started before has ended then. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { log, say } = options;
  const database = openDatabase(options.databaseUrl, { max: CONNECTIONS });
  const started: Stoppable[] = [part('the database pool', () => database.close())];
  let failed: Promise<never> = new Promise(() => {});
  try {
    const maintenance = startMaintenance(database, log, options.keepsClock ?? true);
    started.push(part('the clock', () => maintenance.stop()));
    // The port is known before the worker writes links, and requests are taken last: what they bring is evaluated.
    let wakeEvaluator = () => {};
    let startingWith: string | undefined = 'the playbooks';
    const onAppended = () => wakeEvaluator();
    const heard = { database, log, secret: options.secret, onAppended, startingWith: () => startingWith };
    const http = options.http && (await startHttp({ ...options.http, ...heard }));
    const closeHttp = http && part('the HTTP server', () => http.close());
    if (closeHttp) started.push(closeHttp);
    await options.prepare?.(database);
    startingWith = 'the worker';
    const worker =
      options.worker && (await startWorker({ ...options, worker: options.worker }, database, http?.baseUrl, started));
    if (worker) failed = worker.run.then(() => new Promise<never>(() => {}));
    failed.catch(() => undefined);
    const evaluator = options.evaluator ? runEvaluator({ database, log }) : undefined;
    if (evaluator) {
      started.push(part('the evaluator', () => evaluator.stop()));
      wakeEvaluator = () => evaluator.poke();
    }
    startingWith = undefined;
    // Stopped in the reverse of this order: HTTP, evaluator, worker, clock, database.
    if (closeHttp) started.push(...started.splice(started.indexOf(closeHttp), 1));
    return {
      database,
      ...(http && { http }),
      ...(evaluator && { evaluator }),
      ...(worker && { worker }),
      failed,
      stop: () => stopInOrder(started, say),
    };
  } catch (error) {
    await stopInOrder(started, () => undefined);
    throw error;
  }
}

async function startWorker(
  { secret, log, worker: options }: RuntimeOptions & { worker: NonNullable<RuntimeOptions['worker']> },
  database: Database,
  baseUrl: string | undefined,
  started: Stoppable[],
): Promise<RunningWorker> {
  const publicUrl = options.publicUrl ?? baseUrl;
  if (publicUrl === undefined) throw new Error('A worker without an HTTP server needs the address of links.');
  const connections = options.smtpConnections ?? (options.ask ? ASKED_CONNECTIONS : SMTP_CONNECTIONS);
  const mailer = openMailer({ url: options.smtpUrl, timeoutMs: SMTP_TIMEOUT_MS, connections });
  started.push(part('the mailer', () => mailer.close()));
  const activities = createActivities({
    database,
    mailer,
    watermark: openWatermark(database),
    secret,
    publicUrl,
    log,
    onRefused: refusalLog(log),
    webhookSecrets: options.webhookSecrets,
    // Which is how many a crash leaves unknown (P4).
    inHandover: connections,
    ...(options.ask && { ask: options.ask }),
  });
  // A namespace may be shared with other stores: each has a task queue of its own.
  const { temporal, taskQueue = await taskQueueOf(database.pool) } = options;
  const worker = await runWorker({ ...temporal, taskQueue, database, activities, log });
  started.push(part('the worker', () => worker.shutdown()));
  const teller = startClockTeller({ database, client: worker.client, log });
  started.push(part('the teller of the clock', () => teller.stop()));
  const orphans = startLoop({
    work: async () => void (await recoverOrphanedClaims({ database, log, ask: options.ask })),
    everyMs: ORPHANS_EVERY_MS,
    onError: complainer((err) => log.warn({ err }, 'Orphaned claims cannot be recovered; trying again')),
  });
  started.push(part('the recovery of orphaned claims', () => orphans.stop()));
  return worker;
}

/** Of this process: it ends with it. */
function part(name: string, stop: () => Promise<void>): Stoppable {
  return { name, stop, kill() {} };
}
