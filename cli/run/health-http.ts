/** What a worker answers over HTTP, where it is asked to: whether it lives, whether it can work, and its metrics. */
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { answerClientError, answerProblems } from '../../server/answer-errors.ts';
import { metricsRoute } from '../../server/metrics.ts';
import { healthRoutes } from '../../server/tracking/health.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { PartState } from '../../worker/part-watch.ts';
import type { Logger } from '../report/log.ts';
import { type HttpServer, listenAt } from './listen.ts';

export interface HealthHttpOptions {
  database: Database;
  log: Logger;
  startingWith: () => string | undefined;
  partStates: () => PartState[];
  /** Default: this machine alone. */
  host?: string | undefined;
  port: number;
}

/** @throws Failure when it cannot listen there. */
export async function startHealthHttp({
  database,
  log,
  host,
  port,
  ...health
}: HealthHttpOptions): Promise<HttpServer> {
  const loggerInstance: FastifyBaseLogger = log;
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    clientErrorHandler: answerClientError,
    routerOptions: { ignoreTrailingSlash: true },
  });
  answerProblems(app);
  healthRoutes(app, { database, ...health, needs: ['temporal'] });
  metricsRoute(app, database, health.partStates);
  const hint = 'Name another port with --port, or leave it out: then nothing is served.';
  return listenAt(app, { host, port, hint, purpose: 'health and metrics' });
}
