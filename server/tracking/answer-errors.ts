/** Turns whatever a route throws into a problem (RFC 9457). */
import type { FastifyError, FastifyInstance } from 'fastify';
import { pointer, Refused } from '../../events/refusal.ts';
import { Overloaded, StoreUnavailable } from '../../store/events/event-writer.ts';
import { isTransient } from '../../store/postgres/retry.ts';
import { tooLarge } from './json-body.ts';
import { Problem } from './problems.ts';

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.message);
    if (problem.details.retryAfterSeconds !== undefined) reply.header('retry-after', problem.details.retryAfterSeconds);
    if (problem.code === 'unauthorized') reply.header('www-authenticate', 'Basic realm="write key", charset="UTF-8"');
    if (problem.code === 'unsupported_encoding') reply.header('accept-encoding', 'gzip, identity');
    return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem.body()));
  });
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refused) {
    const code = error.code === 'event_too_large' ? 'event_too_large' : 'invalid_event';
    return new Problem(code, error.message, { pointer: pointer(error.path), more: { reason: error.code } });
  }
  if (error instanceof Overloaded) {
    const code = error.scope === 'source' ? 'source_overloaded' : 'overloaded';
    return new Problem(code, `${error.message} Send it again later; what was sent twice is stored once.`, {
      retryAfterSeconds: 1,
    });
  }
  if (error instanceof StoreUnavailable || isTransient(error)) {
    return new Problem('store_unavailable', 'Send it again later; what was sent twice is stored once.', {
      retryAfterSeconds: 5,
    });
  }
  switch ((error as FastifyError).code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge('sent');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Problem('unsupported_media_type', 'Send application/json (or text/plain that holds JSON).');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Problem('invalid_json', (error as Error).message);
    default:
      return new Problem('internal', 'The request failed; the reason is in the log.');
  }
}
