/** Answers whatever a route throws as a problem. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isTransient } from '../store/postgres/retry.ts';
import { readableByPages } from './browsers.ts';
import { knownRoutes } from './known-routes.ts';
import { Problem } from './problems.ts';

/** An error that a group of routes knows more about; undefined for others. */
export type Explain = (error: unknown) => Problem | undefined;

/** Also for addresses at which there is nothing: for the whole server, before routes are added. */
export function answerProblems(app: FastifyInstance): void {
  const methodsAt = knownRoutes(app);
  const answer = (request: FastifyRequest, reply: FastifyReply) => {
    const path = request.url.split('?')[0]!;
    // Whoever asks for what is not there from a page is to be able to read that; but for what no page may ask.
    const methods = methodsAt(path);
    if (/^\/+v1\//.test(path) && methods.length === 0) readableByPages(reply);
    return send(reply, methods.length === 0 ? notFound(request, path) : notAllowed(request, path, methods));
  };
  app.setNotFoundHandler(answer);
  // Before a body is read: whatever it holds, there is nothing here.
  app.addHook('onRequest', async (request, reply) => {
    // A browser is not to take what it gets for something else, nor to keep it.
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
    if (request.is404) await answer(request, reply);
  });
  answerErrors(app);
}

function notFound({ method }: FastifyRequest, path: string): Problem {
  return new Problem('not_found', `There is no ${method} ${path}; /openapi.json lists what there is.`);
}

function notAllowed({ method }: FastifyRequest, path: string, methods: string[]): Problem {
  const allow = methods.join(', ');
  return new Problem('method_not_allowed', `${path} takes ${allow}; ${method} came.`, { headers: { allow } });
}

/** What the framework cannot lead to any route, as an address that is cut within a `%`. */
export function answerFrameworkError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  send(reply, problemOf(error));
}

/** What is no request at all, or takes too long to become one: answered on the bare connection, which then ends. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) {
    const problem = clientProblem(error.code);
    const body = JSON.stringify(problem.body());
    const head = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      'Connection: close',
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy(error);
}

function clientProblem(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem('request_timeout', 'The request did not come to its end in time.');
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers_too_large', 'The headers have more than 16 kB.');
  return new Problem('bad_request', 'This is not HTTP as Cuebook reads it.');
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
    // What is away or not ready yet is said by whoever watches it: not once for each request.
    if (problem.code === 'internal') request.log.error({ err: error }, problem.message);
    else if (problem.status >= 500) request.log.debug({ code: problem.code }, problem.message);
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
