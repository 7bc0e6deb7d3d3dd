/** What every route answers that has no words of its own: RFC 9457 problems with a stable code. */
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { isTransient } from '../store/postgres/retry.ts';

interface Problem {
  status: number;
  code: string;
  title: string;
}

const RETRY_AFTER_SECONDS = 5;

/** To be called before routes are added: scopes of their own keep their own answers. */
export function answerProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => {
    const title = `There is no ${request.method} ${request.url.split('?')[0]}; /openapi.json lists what there is`;
    return sendProblem(reply, { status: 404, code: 'not_found', title });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendProblem(reply, { status, code: 'bad_request', title: error.message });
    request.log.error({ err: error }, 'A request failed');
    if (!isTransient(error)) {
      return sendProblem(reply, {
        status: 500,
        code: 'internal',
        title: 'The request failed; the reason is in the log',
      });
    }
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    return sendProblem(reply, { status: 503, code: 'store_unavailable', title: 'The store is away; ask again later' });
  });
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code, title } = problem;
  return reply
    .code(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: `urn:cuebook:problem:${code}`, title, status, code }));
}
