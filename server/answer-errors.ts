/** Answers whatever a route throws as a problem. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isTransient } from '../store/postgres/retry.ts';
import { Problem } from './problems.ts';

/** An error that a group of routes knows more about; undefined for others. */
export type Explain = (error: unknown) => Problem | undefined;

/** Also for addresses at which there is nothing: for the whole server, before routes are added. */
export function answerProblems(app: FastifyInstance): void {
  app.setNotFoundHandler((request, reply) => send(reply, notFound(request)));
  // Before a body is read: whatever it holds, there is nothing here.
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) await send(reply, notFound(request));
  });
  answerErrors(app);
}

export function notFound({ method, url }: FastifyRequest): Problem {
  return new Problem('not_found', `There is no ${method} ${url.split('?')[0]}; /openapi.json lists what there is.`);
}

/** For a group of routes. */
export function answerErrors(app: FastifyInstance, explain: Explain = () => undefined): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (reply.raw.destroyed) {
      // Whoever sent it has gone: no fault of ours, and nobody to answer.
      request.log.debug({ code: error.code }, 'A request was broken off');
      return reply.hijack();
    }
    const problem = explain(error) ?? problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.message);
    return send(reply, problem);
  });
}

function problemOf(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  if (isTransient(error)) return new Problem('store_unavailable', 'Ask again later.');
  if (error.statusCode === 413) return new Problem('too_large', error.message);
  if (error.statusCode === 415) return new Problem('unsupported_media_type', error.message);
  if ((error.statusCode ?? 500) < 500) return new Problem('bad_request', error.message);
  return new Problem('internal', 'The request failed; the reason is in the log.');
}

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problem.body()));
}
