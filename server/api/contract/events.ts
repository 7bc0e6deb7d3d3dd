/** Events as they came in, what one led to, and those that were set aside. */
import { z } from 'zod';
import { instant, json, pageOf, paging, subject } from './common.ts';
import { endpoint } from './endpoint.ts';

export const event = z.object({
  /** Its number in the order in which events came in. */
  arrival: z.int(),
  messageId: z.string(),
  source: z.string(),
  kind: z.string(),
  name: z.string(),
  at: instant,
  receivedAt: instant,
  subjects: z.array(subject),
  properties: json,
  /** Of Cuebook's own: a late event has taken back what it came of. */
  isUndone: z.boolean(),
});
export type Event = z.infer<typeof event>;

export const listEvents = endpoint({
  method: 'GET',
  path: '/api/events',
  role: 'viewer',
  summary:
    'Events, the latest that came in first. By a name, a page looks at the 20,000 events before its place at most: it may be short, or empty, and `next` goes on.',
  query: z.strictObject({ name: z.string().max(500).optional(), source: z.string().max(100).optional(), ...paging }),
  answer: pageOf(event),
});

export const eventName = z.object({
  name: z.string(),
  count: z.int(),
  latest: instant,
  /** Properties that it came with, the most frequent first. */
  fields: z.array(z.object({ name: z.string(), type: z.string(), count: z.int() })),
});
export type EventName = z.infer<typeof eventName>;

export const listEventNames = endpoint({
  method: 'GET',
  path: '/api/events/names',
  role: 'viewer',
  summary: 'Names among the latest 5,000 events, with how often each came and with which properties.',
  answer: z.object({ of: z.int(), items: z.array(eventName) }),
});

export const getEvent = endpoint({
  method: 'GET',
  path: '/api/events/{arrival}',
  role: 'viewer',
  summary: 'One event, and the firings that name it as evidence.',
  params: z.object({ arrival: z.coerce.number().int().positive() }),
  answer: event.extend({
    firings: z.array(
      z.object({
        id: z.string(),
        playbook: z.string(),
        subject,
        key: z.string(),
        at: instant,
        status: z.string(),
        reason: z.string().nullable(),
      }),
    ),
  }),
});

export const CALLS = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;

export const sendEvent = endpoint({
  method: 'POST',
  path: '/api/events/send',
  role: 'operator',
  summary:
    'Takes a call as the tracking API would with a server key, of the source `app`: it is stored, evaluated, and sets off what it sets off. The same messageId counts once.',
  body: z.strictObject({ type: z.enum(CALLS), call: z.record(z.string().max(200), json) }),
  answer: z.object({ arrival: z.int(), result: z.enum(['accepted', 'duplicate']) }),
  audit: 'event.sent',
});

export const setAside = event.omit({ isUndone: true }).extend({
  setAsideAt: instant,
  attempts: z.int(),
  error: z.string().nullable(),
});
export type SetAside = z.infer<typeof setAside>;

export const listSetAside = endpoint({
  method: 'GET',
  path: '/api/set-aside',
  role: 'viewer',
  summary: 'Events that failed too often (dead letters), the oldest first.',
  query: z.strictObject(paging),
  answer: pageOf(setAside),
});

export const retrySetAside = endpoint({
  method: 'POST',
  path: '/api/set-aside/retry',
  role: 'operator',
  summary: 'Has events that were set aside evaluated again.',
  body: z.strictObject({ arrivals: z.array(z.int().positive()).min(1).max(100) }),
  answer: z.object({ retried: z.array(z.int()) }),
  audit: 'events.retried',
});
