/** Messages: sent, held, refused, failed, waiting; and what an operator does with those that wait. */
import { z } from 'zod';
import { id, instant, namedSubject, pageOf, paging, reason } from './common.ts';
import { endpoint } from './endpoint.ts';

export const MESSAGE_STATES = ['sent', 'held', 'refused', 'failed', 'unknown', 'claimed'] as const;

export const message = z.object({
  id,
  /** The effect that it is of: what is retried and dropped. */
  effect: id,
  at: instant,
  sentAt: instant.nullable(),
  status: z.enum(MESSAGE_STATES),
  /** Why it is held, refused or failed. */
  reason: reason.nullable(),
  playbook: z.string(),
  enrolment: z.string(),
  channel: z.string(),
  messageClass: z.string(),
  template: z.string().nullable(),
  /** A contact, or a colleague. */
  to: namedSubject.nullable(),
  /** Of one that waits for its provider (P5). */
  wait: z.object({ since: instant, tries: z.int(), nextAt: instant }).nullable(),
});
export type Message = z.infer<typeof message>;

export const listMessages = endpoint({
  method: 'GET',
  path: '/api/messages',
  role: 'viewer',
  summary: 'Messages, the latest first.',
  query: z.strictObject({
    status: z.enum(MESSAGE_STATES).optional(),
    playbook: z.string().max(200).optional(),
    ...paging,
  }),
  answer: pageOf(message),
});

export const MAX_CHANGED = 100;
const ids = z.strictObject({ ids: z.array(id).min(1).max(MAX_CHANGED) });
const changed = z.object({ changed: z.array(z.string()), left: z.array(z.string()) });
export type Changed = z.infer<typeof changed>;

export const retryMessages = endpoint({
  method: 'POST',
  path: '/api/messages/retry',
  role: 'operator',
  summary: 'Has messages that wait for their provider tried at once, by their effects.',
  body: ids,
  answer: changed,
  audit: 'messages.retried',
});
export const dropMessages = endpoint({
  method: 'POST',
  path: '/api/messages/drop',
  role: 'operator',
  summary: 'Refuses messages that wait for their provider; their journeys go on.',
  body: ids,
  answer: changed,
  audit: 'messages.dropped',
});

export const origin = z.object({
  id: z.string(),
  kind: z.string(),
  path: z.string(),
  status: z.string(),
  reason: reason.nullable(),
  at: instant,
  playbook: z.string(),
  enrolment: z.string(),
  subject: namedSubject,
  key: z.string(),
  version: z.object({
    hash: z.string(),
    commit: z.string().nullable(),
    file: z.string().nullable(),
    line: z.int().nullable(),
  }),
  firedAt: instant,
  evidence: z.array(z.object({ messageId: z.string(), name: z.string().nullable(), at: instant.nullable() })),
  decisions: z.array(z.object({ at: instant, kind: z.string(), text: z.string() })),
  messages: z.array(
    z.object({
      id: z.string(),
      to: z.string().nullable(),
      template: z.string().nullable(),
      messageClass: z.string(),
      status: z.string(),
      sentAt: instant.nullable(),
    }),
  ),
});
export type Origin = z.infer<typeof origin>;

export const getMessageOrigin = endpoint({
  method: 'POST',
  path: '/api/messages/origin',
  role: 'viewer',
  summary: 'What led to a message, by its id or the Message-ID of its head (V5).',
  body: z.strictObject({ id }),
  answer: z.object({ items: z.array(origin) }),
});
