/** A real HTTP server that takes webhooks, and answers as a test says. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  /** `127.0.0.1:<port>` */
  host: string;
  url: string;
  received: Received[];
  close(): Promise<void>;
}

type Answering = { status: number; body?: string; headers?: { [name: string]: string } } | 'silence' | 'hang-up';

/** @param answer what the n-th request gets, from 1 */
export async function webhookReceiver(answer: (n: number) => Answering = () => ({ status: 200 })): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      received.push({ method: request.method!, path: request.url!, headers: request.headers, body });
      const given = answer(received.length);
      if (given === 'silence') return;
      if (given === 'hang-up') return void request.socket.destroy();
      response.writeHead(given.status, given.headers);
      response.end(given.body ?? '');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}`,
    received,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** The signature that a receiver works out for itself, by the words of Standard Webhooks. */
export function signatureBy(secret: Buffer, { headers, body }: Received): string {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`;
}
