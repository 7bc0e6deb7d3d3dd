/** The HTTP server of one process: what comes in, and what is shown. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Access } from '../../server/access/access.ts';
import { answerClientError, answerFrameworkError } from '../../server/answer-errors.ts';
import type { Studio } from '../../server/api/editing/studio.ts';
import type { ReadSource } from '../../server/api/playbooks/source.ts';
import type { WriteKey } from '../../store/events/write-keys.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { PartState } from '../../worker/part-watch.ts';
import type { Chosen } from '../boot/running-parts.ts';
import type { Mailbox } from '../mailbox/start.ts';
import type { Logger } from '../report/log.ts';
import { addRoutes } from './http/routes.ts';
import { type HttpServer, LOOPBACK, listenAt } from './listen.ts';

export type { HttpServer } from './listen.ts';

export interface HttpOptions {
  database: Database;
  /** Where failures of requests are written. Default: nowhere. */
  log?: Logger | undefined;
  writeKeys: readonly WriteKey[];
  /** Signs links in mails. */
  secret: string;
  access: Access;
  /** Where each part came from, to be shown. */
  parts: readonly Chosen[];
  mailbox?: Mailbox | undefined;
  /** The files of the playbooks that are deployed; left out where there is no folder. */
  readSource?: ReadSource | undefined;
  /** By which playbooks are written; it ends with the server. */
  studio?: Studio | undefined;
  /** By which links that sign in are mailed; without it none are. */
  smtpUrl?: string | undefined;
  /** Told after events were committed. */
  onAppended?: (() => void) | undefined;
  /** What is still to be started before anything is ready; undefined when nothing is. */
  startingWith?: (() => string | undefined) | undefined;
  /** Parts that are watched, for `/metrics`. */
  partStates?: (() => PartState[]) | undefined;
  /** Default: this machine alone. */
  host?: string | undefined;
  /** Default: a free one. */
  port?: number | undefined;
  limits?: Partial<HttpLimits> | undefined;
}

/** What a connection may take before anything is known of who opened it. */
export interface HttpLimits {
  headersTimeoutMs: number;
  /** Of a whole request, its body too: 500 kB from a telephone. */
  requestTimeoutMs: number;
  /** More are closed as they come. */
  connections: number;
  /** How long requests that were taken may go on once the server is to stop. */
  closeTimeoutMs: number;
}

const LIMITS: HttpLimits = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  connections: 5_000,
  closeTimeoutMs: 10_000,
};

/** Where a proxy of one's own lives: on this machine, or in a network that nobody reaches from outside. */
const PROXIES = ['loopback', 'linklocal', 'uniquelocal'];

/** @throws Failure when it cannot listen there. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { host = LOOPBACK, port = 0 } = options;
  if (options.access.open && host !== LOOPBACK) throw new Error('Pages without a sign-in are for 127.0.0.1 alone.');
  const limits = { ...LIMITS, ...options.limits };
  const app = await httpApp(options, limits);
  const { closeTimeoutMs } = limits;
  return listenAt(app, { host, port, closeTimeoutMs, purpose: 'events and pages' });
}

async function httpApp(options: HttpOptions, limits: HttpLimits): Promise<FastifyInstance> {
  // Requests are not logged, only what fails in them: their addresses may hold tokens.
  const logController = new LogController({ disableRequestLogging: true });
  const loggerInstance: FastifyBaseLogger | undefined = options.log;
  const app: FastifyInstance = Fastify({
    logController,
    ...(loggerInstance && { loggerInstance }),
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
    // Nobody has been asked for a key by then.
    requestTimeout: limits.requestTimeoutMs,
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: 1_000 },
    // What a proxy says of whom it speaks for, and how; what others say is not believed.
    trustProxy: PROXIES,
    // SDKs are configured with hosts that end in a slash.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
  });
  app.server.maxConnections = limits.connections;
  await addRoutes(app, options);
  return app;
}
