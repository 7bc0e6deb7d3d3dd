/** The HTTP server of one process: what comes in, and what is shown. */
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { registry } from '../../evaluation/registry.ts';
import { type Access, requireSignIn } from '../../server/access/access.ts';
import { signInPage } from '../../server/access/sign-in.ts';
import { answerClientError, answerFrameworkError, answerProblems } from '../../server/answer-errors.ts';
import { metricsRoute } from '../../server/metrics.ts';
import { openapiRoute } from '../../server/openapi.ts';
import { overviewPages } from '../../server/overview/routes.ts';
import { peopleRoutes } from '../../server/people/routes.ts';
import { trackingApi } from '../../server/tracking/tracking-api.ts';
import { unsubscribeRoutes } from '../../server/unsubscribe.ts';
import { storedSessions } from '../../store/access/sessions.ts';
import { type WriteKey, writeKeys } from '../../store/events/write-keys.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { PartState } from '../../worker/part-watch.ts';
import type { Chosen } from '../boot/running-parts.ts';
import type { Mailbox } from '../mailbox/start.ts';
import { packageVersion } from '../package-version.ts';
import type { Logger } from '../report/log.ts';
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
  const { database, parts, mailbox, secret, onAppended } = options;
  const access = { ...options.access, secret, sessions: storedSessions(database) };
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
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  });
  app.server.maxConnections = limits.connections;
  answerProblems(app);
  const { startingWith } = options;
  const { publicUrl } = access;
  const events = { database, writeKeys: writeKeys(options.writeKeys), publicUrl, onAppended, startingWith };
  await app.register(trackingApi, events);
  await app.register(unsubscribeRoutes, { database, secret });
  metricsRoute(app, database, options.partStates);
  await peopleRoutes(app, { database, secret, access, onAppended });
  openapiRoute(app, await packageVersion());
  signInPage(app, access);
  overviewPages(app, { database, registry, access, parts, hasMailbox: mailbox !== undefined });
  if (mailbox !== undefined) {
    // Loaded only where there is one: it brings a parser of mails along.
    const { mailboxPages } = await import('../mailbox/start.ts');
    await app.register(async (scope) => {
      scope.addHook('onRequest', requireSignIn(access));
      mailboxPages(scope, mailbox);
    });
  }
  return app;
}
