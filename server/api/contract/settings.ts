/** What the business runs on: write keys, calendars, channels. */
import { z } from 'zod';
import { id, instant, name } from './common.ts';
import { endpoint } from './endpoint.ts';

export const SCOPES = ['client', 'server'] as const;

export const writeKey = z.object({
  /** Null of those that stand in CUEBOOK_WRITE_KEYS: they are changed there. */
  id: z.string().nullable(),
  name: z.string(),
  source: z.string(),
  /** What it may say: `client` keys stand in pages and apps (E10). */
  scope: z.enum(SCOPES),
  createdBy: z.string().nullable(),
  createdAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type WriteKeyShown = z.infer<typeof writeKey>;

export const listWriteKeys = endpoint({
  method: 'GET',
  path: '/api/write-keys',
  role: 'admin',
  summary: 'The keys with which events may be sent; the keys themselves are nowhere to be read.',
  answer: z.object({ items: z.array(writeKey) }),
});

export const makeWriteKey = endpoint({
  method: 'POST',
  path: '/api/write-keys',
  role: 'admin',
  summary: 'Makes a write key, and answers it this once: the store keeps its hash. At most 100 count at once.',
  body: z.strictObject({
    name,
    source: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'A source begins with a small letter; then small letters, digits, - and _')
      .refine((source) => source !== 'cuebook', 'The source `cuebook` is that of Cuebook’s own events'),
    scope: z.enum(SCOPES),
  }),
  answer: z.object({ key: z.string(), made: writeKey }),
  audit: 'write_key.made',
});

export const revokeWriteKey = endpoint({
  method: 'POST',
  path: '/api/write-keys/revoke',
  role: 'admin',
  summary: 'Revokes a write key: here at once, in other processes within five seconds.',
  body: z.strictObject({ id }),
  answer: writeKey,
  audit: 'write_key.revoked',
});

const intervals = z.array(z.string());
export const calendar = z.object({
  name: z.string(),
  zone: z.string(),
  isOpen: z.boolean(),
  /** When it next opens; null while it is open, and where it does not. */
  opensAt: instant.nullable(),
  /** Monday first: `09:00-17:00`. */
  week: z.array(intervals),
  /** Of the days from today on: `2026-12-24`, or `12-25` of every year. */
  exceptions: z.array(z.object({ day: z.string(), hours: intervals })),
  /** Playbooks that count by it. */
  playbooks: z.array(z.string()),
});
export type CalendarShown = z.infer<typeof calendar>;

export const listCalendars = endpoint({
  method: 'GET',
  path: '/api/calendars',
  role: 'viewer',
  summary: 'The calendars of the deployed playbooks.',
  answer: z.object({ items: z.array(calendar) }),
});

export const channel = z.object({
  name: z.string(),
  /** Where it leads; null for who is no admin. */
  address: z.string().nullable(),
});

export const listChannels = endpoint({
  method: 'GET',
  path: '/api/channels',
  role: 'viewer',
  summary: 'Where colleagues are written to: the channels of the people files, by e-mail.',
  answer: z.object({
    items: z.array(channel),
    sender: z.string().nullable(),
    /** False where no provider is set: nothing can be tested. */
    canTest: z.boolean(),
  }),
});

export const testChannel = endpoint({
  method: 'POST',
  path: '/api/channels/test',
  role: 'admin',
  summary: 'Sends a mail to a channel, to see that it arrives; says what the provider said.',
  body: z.strictObject({ channel: z.string().min(1).max(200) }),
  answer: z.object({ status: z.enum(['sent', 'failed', 'unknown']), said: z.string().nullable() }),
  audit: 'channel.tested',
});
