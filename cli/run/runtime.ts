/** One process of Cuebook: whichever of HTTP, evaluator and worker it is asked for, on parts that run already. */

import { type Evaluator, runEvaluator } from '../../evaluator/evaluator.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import type { RunningWorker } from '../../worker/worker.ts';
import { type Stoppable, stopInOrder } from '../boot/stop-signals.ts';
import type { Logger } from '../report/log.ts';
import { startHealthHttp } from './health-http.ts';
import { type HttpOptions, type HttpServer, startHttp } from './http.ts';
import { startMaintenance } from './maintenance.ts';
import { watchParts } from './part-watches.ts';
import { startWorker, type WorkerOptions } from './start-worker.ts';

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
  worker?: WorkerOptions | undefined;
  /** Where a process without `http` says whether it can work. */
  health?: { host?: string | undefined; port: number } | undefined;
}

export interface Runtime {
  database: Database;
  http?: HttpServer;
  health?: HttpServer;
  evaluator?: Evaluator;
  worker?: RunningWorker;
  /** Rejects when the worker cannot go on; never resolves. */
  failed: Promise<never>;
  /** Stops taking requests, then evaluates no more, then ends what journeys are doing, then lets go of the database. */
  stop(): Promise<void>;
}

/** HTTP, evaluator, dispatcher and as many activities as a worker carries out at once. */
const CONNECTIONS = 24;

/** @throws Failure when something cannot be started; what was started before has ended then. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { log, say } = options;
  const database = openDatabase(options.databaseUrl, { max: CONNECTIONS });
  const started: Stoppable[] = [part('the database pool', () => database.close())];
  let failed: Promise<never> = new Promise(() => {});
  try {
    const watches = watchParts(database, log);
    started.push(part('the watch over the parts', () => watches.stop()));
    const maintenance = startMaintenance(database, log, options.keepsClock ?? true);
    started.push(part('the clock', () => maintenance.stop()));
    // The port is known before the worker writes links, and requests are taken last: what they bring is evaluated.
    let wakeEvaluator = () => {};
    let startingWith: string | undefined = 'the playbooks';
    const onAppended = () => wakeEvaluator();
    const told = { database, log, startingWith: () => startingWith, partStates: () => watches.states() };
    const heard = { ...told, secret: options.secret, onAppended };
    const http = options.http && (await startHttp({ ...options.http, ...heard }));
    const closeHttp = http && part('the HTTP server', () => http.close());
    if (closeHttp) started.push(closeHttp);
    const health = options.health && (await startHealthHttp({ ...told, ...options.health }));
    if (health) started.push(part('the HTTP server', () => health.close()));
    await options.prepare?.(database);
    startingWith = 'the worker';
    const publicUrl = options.worker?.publicUrl ?? http?.baseUrl;
    if (options.worker && publicUrl === undefined)
      throw new Error('A worker without an HTTP server needs the address of links.');
    const onStarted = (name: string, stop: () => Promise<void>) => void started.push(part(name, stop));
    const ground = { database, secret: options.secret, log, watches, onStarted };
    const worker = options.worker && (await startWorker({ ...options.worker, publicUrl: publicUrl! }, ground));
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
      ...(health && { health }),
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

/** Of this process: it ends with it. */
function part(name: string, stop: () => Promise<void>): Stoppable {
  return { name, stop, kill() {} };
}
