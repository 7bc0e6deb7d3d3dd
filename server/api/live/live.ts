/** `GET /api/live`: what has changed, as server-sent events. One look a second for all who listen, none while nobody does. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Database } from '../../../store/postgres/database.ts';
import { type Pulse, readPulse } from '../../../store/reports/app/pulse.ts';
import { callerRequired, type ServerAccess } from '../../access/access.ts';
import { Problem } from '../../problems.ts';
import { type ChangedTopics, TOPICS } from '../contract/live.ts';

export interface LiveOptions {
  database: Database;
  access: ServerAccess;
}

const LOOK_EVERY_MS = 1_000;
/** Proxies cut what is silent; and whoever may see nothing any more is let go. */
const BEAT_EVERY_MS = 15_000;
/** Pages that are open at once. */
const MAX_LISTENERS = 200;
/** What a page that reads nothing may make wait. */
const MAX_UNSENT_BYTES = 64 * 1024;

interface Listener {
  request: FastifyRequest;
  response: ServerResponse;
  told: Pulse;
}

const pulse = z.object({
  activity: z.string().max(200),
  events: z.string().max(30),
  deployment: z.string().max(30),
});

export function liveRoute(app: FastifyInstance, { database, access }: LiveOptions): void {
  const listeners = new Set<Listener>();
  let timers: NodeJS.Timeout[] = [];
  let isLooking = false;

  const leave = (listener: Listener) => {
    listeners.delete(listener);
    listener.response.end();
    if (listeners.size > 0) return;
    for (const timer of timers) clearInterval(timer);
    timers = [];
  };
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    try {
      const now = await readPulse(database.pool);
      for (const listener of listeners) tell(listener, now, leave);
    } catch {
      // The store is away: who listens is told once it is back, and asks for the rest by itself.
    } finally {
      isLooking = false;
    }
  };
  const beat = () => {
    for (const listener of listeners) {
      listener.response.write(': still here\n\n');
      callerRequired(listener.request, access).catch((error) => {
        if (error instanceof Problem && error.status < 500) leave(listener);
      });
    }
  };

  app.get('/api/live', { config: { role: 'viewer' } }, async (request, reply) => {
    if (listeners.size >= MAX_LISTENERS) throw new Problem('overloaded', 'Too many pages listen. Ask again later.');
    const now = await readPulse(database.pool);
    const response = open(reply);
    const listener: Listener = { request, response, told: placeOf(request) ?? now };
    listeners.add(listener);
    response.on('close', () => leave(listener));
    if (timers.length === 0) timers = [setInterval(look, LOOK_EVERY_MS), setInterval(beat, BEAT_EVERY_MS)];
    response.write(`retry: 2000\nid: ${idOf(listener.told)}\n\n`);
    tell(listener, now, leave);
  });
  app.addHook('preClose', async () => {
    for (const listener of [...listeners]) leave(listener);
  });
}

function open(reply: FastifyReply): ServerResponse {
  reply.hijack();
  reply.raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  return reply.raw;
}

function tell(listener: Listener, now: Pulse, leave: (listener: Listener) => void): void {
  const topics = TOPICS.filter((topic) => listener.told[topic] !== now[topic]);
  if (topics.length === 0) return;
  // Who does not read comes again with the place up to which it has.
  if (listener.response.writableLength > MAX_UNSENT_BYTES) {
    leave(listener);
    return;
  }
  listener.told = now;
  const data = JSON.stringify({ topics } satisfies ChangedTopics);
  listener.response.write(`event: changed\nid: ${idOf(now)}\ndata: ${data}\n\n`);
}

function idOf(place: Pulse): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Where a page that comes again was; undefined for what no stream of ours has said. */
function placeOf({ headers }: FastifyRequest): Pulse | undefined {
  const last = headers['last-event-id'];
  if (typeof last !== 'string') return undefined;
  try {
    return pulse.parse(JSON.parse(Buffer.from(last, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
