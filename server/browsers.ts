/** What browsers ask before they send, and what they must read in each answer to show it to a page (CORS). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const HEADER_NAMES = /^[\w-]{1,64}( *, *[\w-]{1,64}){0,31}$/;

/** Pages of any origin may read the answer; no cookie is looked at. */
export function readableByPages(reply: FastifyReply): FastifyReply {
  return reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'retry-after');
}

/** For a scope of routes that client keys may call: a preflight has no key, so the routes decide. */
export function allowBrowsers(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    readableByPages(reply);
  });
}

/** Answers the preflights of a path. */
export function preflights(app: FastifyInstance, path: string): void {
  app.options(path, (request: FastifyRequest, reply: FastifyReply) => {
    // SDKs send headers of their own, as X-Retry-Count; none of them is read.
    const asked = request.headers['access-control-request-headers'] ?? '';
    return reply
      .code(204)
      .header('access-control-allow-methods', 'GET, POST, OPTIONS')
      .header('access-control-allow-headers', HEADER_NAMES.test(asked) ? asked : 'authorization, content-type')
      .header('access-control-max-age', '86400')
      .header('vary', 'access-control-request-headers')
      .send();
  });
}
