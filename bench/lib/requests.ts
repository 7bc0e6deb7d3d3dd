/** Requests to the tracking API over connections that stay open, a number of them at a time. */
import { Agent, request } from 'node:http';
import type { Call } from './traffic.ts';

export interface Target {
  baseUrl: string;
  writeKey: string;
}

export interface Sent {
  /** From the first request's beginning to the last answer. */
  elapsedMs: number;
  /** Of each request, in the order in which they ended. */
  latenciesMs: number[];
}

/** A request that is ready to go: `{ route: 'batch', body: '{"batch":[…]}' }`. */
export interface Ready {
  route: string;
  body: string;
}

export type Poster = (ready: Ready) => Promise<void>;

/** Singly, a call goes to its own route; more go to `batch`. */
export function requestsOf(calls: readonly Call[], batch: number): Ready[] {
  if (batch === 1) return calls.map(({ type, ...call }) => ({ route: String(type), body: JSON.stringify(call) }));
  const requests: Ready[] = [];
  for (let i = 0; i < calls.length; i += batch) {
    requests.push({ route: 'batch', body: JSON.stringify({ batch: calls.slice(i, i + batch) }) });
  }
  return requests;
}

/** @throws Error of the first request that was not answered 200. */
export async function sendAll(target: Target, requests: readonly Ready[], concurrency: number): Promise<Sent> {
  const latenciesMs: number[] = [];
  const poster = openPoster(target, concurrency);
  const startMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < requests.length) {
      const ready = requests[next++]!;
      const beganMs = performance.now();
      await poster.post(ready);
      latenciesMs.push(performance.now() - beganMs);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
    return { elapsedMs: performance.now() - startMs, latenciesMs };
  } finally {
    poster.close();
  }
}

export function openPoster({ baseUrl, writeKey }: Target, connections: number): { post: Poster; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  const post: Poster = ({ route, body }) =>
    new Promise((resolve, reject) => {
      const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const call = request(`${baseUrl}/v1/${route}`, { method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`/v1/${route} answered ${response.statusCode}: ${text}`));
        });
      });
      call.on('error', reject);
      call.end(body);
    });
  return { post, close: () => agent.destroy() };
}
