/** Has an HTTP server listen, and closes it within a time. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Failure, messageOf } from '../failure.ts';

export interface HttpServer {
  /** `http://127.0.0.1:43210` */
  baseUrl: string;
  /** Takes no more requests, and answers those that were taken. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Default: this machine alone. */
  host?: string | undefined;
  /** 0: a free one. */
  port: number;
  /** What is told there, for the log. */
  purpose: string;
  /** Where the port is taken: what to do. */
  hint?: string;
  /** How long requests that were taken may go on once it is to stop. */
  closeTimeoutMs?: number;
}

export const LOOPBACK = '127.0.0.1';
const ANOTHER_PORT = 'Name another port with --port, or leave it out to get a free one.';
const CLOSE_TIMEOUT_MS = 10_000;

/** @throws Failure when it cannot listen there. */
export async function listenAt(app: FastifyInstance, options: ListenOptions): Promise<HttpServer> {
  const { host = LOOPBACK, port, purpose, hint = ANOTHER_PORT, closeTimeoutMs = CLOSE_TIMEOUT_MS } = options;
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `Listening at ${address}: ${purpose}` });
  } catch (error) {
    await app.close();
    throw new Failure('PORT_UNAVAILABLE', `Nothing can listen at ${host}:${port}: ${messageOf(error)}`, hint);
  }
  const bound = (app.server.address() as AddressInfo).port;
  const shown = host === '0.0.0.0' || host === '::' ? LOOPBACK : host.includes(':') ? `[${host}]` : host;
  return { baseUrl: `http://${shown}:${bound}`, close: () => closeWithin(app, closeTimeoutMs) };
}

/** Answers what was taken, and waits for nobody who takes longer. */
async function closeWithin(app: FastifyInstance, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
