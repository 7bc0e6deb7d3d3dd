/** The tracking API: Segment's HTTP protocol, so that any of its SDKs works with its host changed. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CallType } from '../../events/call-schema.ts';
import { moments } from '../../events/moments.ts';
import type { NewEvent } from '../../events/new-event.ts';
import { occurrences } from '../../events/occurrences.ts';
import { type CallOptions, parseCall } from '../../events/parse-call.ts';
import { openEventWriter, type WriterLimits } from '../../store/events/event-writer.ts';
import { asHistory } from '../../store/events/events.ts';
import type { WriteKeys } from '../../store/events/write-keys.ts';
import type { Database } from '../../store/postgres/database.ts';
import { answerErrors } from '../answer-errors.ts';
import { allowBrowsers, preflights } from '../browsers.ts';
import { Problem } from '../problems.ts';
import { parseBatch } from './batch.ts';
import { browserSettings } from './browser-settings.ts';
import { explainError } from './explain-error.ts';
import { healthRoutes } from './health.ts';
import { readJsonBodies } from './json-body.ts';
import { grantFromBody, grantFromHeader, requireServerKey } from './write-key.ts';

export interface TrackingApiOptions {
  database: Database;
  writeKeys: WriteKeys;
  /** Under which people reach the server: told to browsers' SDKs. Default: as they came. */
  publicUrl?: string | undefined;
  /** Other bounds than the writer's own. */
  limits?: Partial<WriterLimits>;
  /** Called after events were committed, so that the evaluator need not wait for its next look. */
  onAppended?: (() => void) | undefined;
  /** What the process still has to start; undefined when it is ready. Events are taken from the first moment. */
  startingWith?: (() => string | undefined) | undefined;
}

/** Each call by its name, and by the letter under which browsers' SDKs send it. */
const CALL_ROUTES: Record<CallType, string[]> = {
  track: ['/v1/track', '/v1/t'],
  identify: ['/v1/identify', '/v1/i'],
  page: ['/v1/page', '/v1/p'],
  screen: ['/v1/screen', '/v1/s'],
  group: ['/v1/group', '/v1/g'],
  alias: ['/v1/alias', '/v1/a'],
};
const BATCH_ROUTES = ['/v1/batch', '/v1/b'];

/**
 * Registers the routes: `app.register(trackingApi, { database, writeKeys })`. Answers 200 only after the commit (E7);
 * errors are problems of ../problems.ts. Closing `app` writes what it has taken.
 */
export async function trackingApi(app: FastifyInstance, options: TrackingApiOptions): Promise<void> {
  const writer = openEventWriter(options.database, options.limits);
  const append = async (events: readonly NewEvent[], bytes: number) => {
    const appended = await writer.append(events, bytes);
    options.onAppended?.();
    return appended;
  };
  app.addHook('onClose', () => writer.close());
  answerErrors(app, explainError);
  readJsonBodies(app);
  // Of what comes as it happens; an import numbers its equal calls.
  const moment = moments(() => Date.now());
  healthRoutes(app, { database: options.database, startingWith: options.startingWith });

  /** A wrong key is refused before the body is read. */
  const onRequest = async (request: FastifyRequest) => {
    grantFromHeader(request, options.writeKeys);
  };
  const grantOf = (request: FastifyRequest) =>
    grantFromHeader(request, options.writeKeys) ?? grantFromBody(request, options.writeKeys);

  const takeBatch = async (request: FastifyRequest, as: Omit<CallOptions, 'type' | 'defaults'>) => {
    const parsed = await parseBatch(request.body, as);
    const { refused } = parsed;
    if (refused.length > 0 && parsed.events.length === 0) {
      throw new Problem('invalid_event', 'Every event of the batch was refused.', { more: { refused } });
    }
    const events = as.history ? parsed.events.map(asHistory) : parsed.events;
    const appended = events.length === 0 ? [] : await append(events, parsed.bytes);
    const duplicates = appended.filter((it) => it.result === 'duplicate').length;
    return { success: true, accepted: appended.length - duplicates, duplicates, refused };
  };

  await app.register(async (pages) => {
    allowBrowsers(pages);
    browserSettings(pages, options.writeKeys, options.publicUrl);
    for (const [type, routes] of Object.entries(CALL_ROUTES) as [CallType, string[]][]) {
      for (const route of routes) {
        preflights(pages, route);
        pages.post(route, { onRequest }, async (request) => {
          const { event, bytes } = parseCall(request.body, { ...grantOf(request), type, moment });
          await append([event], bytes);
          return { success: true };
        });
      }
    }
    for (const route of BATCH_ROUTES) {
      preflights(pages, route);
      pages.post(route, { onRequest }, (request) => takeBatch(request, { ...grantOf(request), moment }));
    }
  });

  const ofServer = async (request: FastifyRequest) => {
    const grant = grantFromHeader(request, options.writeKeys);
    if (grant) requireServerKey(grant);
  };
  app.post('/v1/import', { onRequest: ofServer }, (request) => {
    const grant = grantOf(request);
    requireServerKey(grant);
    return takeBatch(request, { source: grant.source, history: true, occurrence: occurrences() });
  });
}
