/** The tracking API: Segment's HTTP protocol, so that any of its SDKs works with its host changed. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallType } from '../../events/call-schema.ts';
import type { NewEvent } from '../../events/new-event.ts';
import { occurrences } from '../../events/occurrences.ts';
import { parseCall } from '../../events/parse-call.ts';
import { openEventWriter, type WriterLimits } from '../../store/events/event-writer.ts';
import { asHistory } from '../../store/events/events.ts';
import type { WriteKeys } from '../../store/events/write-keys.ts';
import type { Database } from '../../store/postgres/database.ts';
import { answerErrors, notFound } from '../answer-errors.ts';
import { Problem } from '../problems.ts';
import { parseBatch } from './batch.ts';
import { explainError } from './explain-error.ts';
import { healthRoutes } from './health.ts';
import { readJsonBodies } from './json-body.ts';
import { sourceFromBody, sourceFromHeader } from './write-key.ts';

export interface TrackingApiOptions {
  database: Database;
  writeKeys: WriteKeys;
  /** Other bounds than the writer's own. */
  limits?: Partial<WriterLimits>;
  /** Called after events were committed, so that the evaluator need not wait for its next look. */
  onAppended?: (() => void) | undefined;
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
  healthRoutes(app, options.database);
  allowBrowsers(app);

  /** A wrong key is refused before the body is read. */
  const onRequest = async (request: FastifyRequest) => {
    sourceFromHeader(request, options.writeKeys);
  };
  const sourceOf = (request: FastifyRequest) =>
    sourceFromHeader(request, options.writeKeys) ?? sourceFromBody(request.body, options.writeKeys);

  for (const [type, routes] of Object.entries(CALL_ROUTES) as [CallType, string[]][]) {
    for (const route of routes) {
      app.post(route, { onRequest }, async (request) => {
        const { event, bytes } = parseCall(request.body, { source: sourceOf(request), type });
        await append([event], bytes);
        return { success: true };
      });
    }
  }

  const takeBatch = async (request: FastifyRequest, history: boolean) => {
    const source = sourceOf(request);
    const parsed = parseBatch(request.body, history ? { source, history, occurrence: occurrences() } : { source });
    const { refused } = parsed;
    if (refused.length > 0 && parsed.events.length === 0) {
      throw new Problem('invalid_event', 'Every event of the batch was refused.', { more: { refused } });
    }
    const events = history ? parsed.events.map(asHistory) : parsed.events;
    const appended = events.length === 0 ? [] : await append(events, parsed.bytes);
    const duplicates = appended.filter((it) => it.result === 'duplicate').length;
    return { success: true, accepted: appended.length - duplicates, duplicates, refused };
  };
  for (const route of BATCH_ROUTES) app.post(route, { onRequest }, (request) => takeBatch(request, false));
  app.post('/v1/import', { onRequest }, (request) => takeBatch(request, true));
}

/** Pages of any origin may send events; nothing can be read, and no cookie is looked at. */
function allowBrowsers(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'retry-after');
  });
  app.options('/v1/*', (request: FastifyRequest, reply: FastifyReply) => {
    // SDKs send headers of their own, as X-Retry-Count; none of them is read.
    const asked = request.headers['access-control-request-headers'] ?? '';
    return reply
      .code(204)
      .header('access-control-allow-methods', 'POST, OPTIONS')
      .header('access-control-allow-headers', HEADER_NAMES.test(asked) ? asked : 'authorization, content-type')
      .header('access-control-max-age', '86400')
      .header('vary', 'access-control-request-headers')
      .send();
  });
  // Whoever asks for what is not there from a page is to be able to read that.
  const onRequest = async (request: FastifyRequest) => {
    throw notFound(request);
  };
  const method = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
  app.route({ method, url: '/v1/*', onRequest, handler: async () => undefined });
}

const HEADER_NAMES = /^[\w-]{1,64}( *, *[\w-]{1,64}){0,31}$/;
