/** Contacts, accounts, deals and tickets: found, and looked at. Ids and search texts go by the body: an address is no log's business. */
import { z } from 'zod';
import { id, instant, json, namedSubject, pageOf, paging, RECORD_KINDS, reason, SUBJECT_KINDS } from './common.ts';
import { endpoint } from './endpoint.ts';
import { enrolment } from './playbook.ts';

export const person = namedSubject.extend({
  email: z.string().nullable(),
  /** Of a ticket or a deal: its status or stage, as the traits have it. */
  status: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
});
export type Person = z.infer<typeof person>;

export const searchPeople = endpoint({
  method: 'POST',
  path: '/api/people/search',
  role: 'viewer',
  summary: 'Records whose address, name or id begins with a text; without one the first by id.',
  body: z.strictObject({
    q: z.string().trim().max(200).default(''),
    type: z.enum(RECORD_KINDS).default('contact'),
    after: z.string().max(4_000).optional(),
    limit: z.int().min(1).max(100).default(50),
  }),
  answer: pageOf(person),
});

export const which = z.strictObject({ type: z.enum(SUBJECT_KINDS), id });

export const profile = namedSubject.extend({
  /** Whether a record of that type and id is stored; what is not is known by events alone. */
  exists: z.boolean(),
  email: z.string().nullable(),
  /** The subject's own zone; null where its record names none. */
  zone: z.string().nullable(),
  createdAt: instant.nullable(),
  updatedAt: instant.nullable(),
  /** Where it was merged into another (E6). */
  mergedInto: namedSubject.nullable(),
  traits: z.array(z.object({ name: z.string(), value: json, at: instant.nullable() })),
  computed: z.array(z.object({ name: z.string(), kind: z.string(), value: json })),
  segments: z.array(z.object({ name: z.string(), isIn: z.boolean().nullable() })),
  relations: z.array(namedSubject.extend({ relation: z.string() })),
  /** Of contacts: what may be sent. */
  consent: z
    .object({
      marketing: z.boolean(),
      topics: z.array(z.object({ topic: z.string(), consents: z.boolean() })),
      channels: z.array(z.object({ channel: z.string(), consents: z.boolean() })),
      /** What stops mails, as `unsubscribed`, `bounced`; null where nothing does. */
      suppressed: reason.nullable(),
    })
    .nullable(),
  enrolments: z.array(enrolment),
});
export type Profile = z.infer<typeof profile>;

export const getProfile = endpoint({
  method: 'POST',
  path: '/api/people/profile',
  role: 'viewer',
  summary: 'What is known of a subject now.',
  body: which,
  answer: profile,
});

/** A value that was looked at, as `contact.country` = "FR". */
export const lookedAt = z.object({ name: z.string(), value: json });

export const happening = z.object({
  id: z.string(),
  at: instant,
  /** An event that came, what a step did, how a journey ended, or what was decided. */
  kind: z.enum(['event', 'effect', 'outcome', 'decision', 'firing']),
  /** The event's name, the step's key, the outcome's name, the decision's kind. */
  name: z.string(),
  sentence: z.object({ text: z.string(), tone: z.enum(['done', 'silent', 'good', 'bad']) }),
  playbook: z.string().nullable(),
  enrolment: z.string().nullable(),
  path: z.string().nullable(),
  /** Of an effect that is a message. */
  message: z.string().nullable(),
  /** Of an event its properties; of a decision what it looked at. */
  values: z.array(lookedAt),
});
export type Happening = z.infer<typeof happening>;

export const getTimeline = endpoint({
  method: 'POST',
  path: '/api/people/timeline',
  role: 'viewer',
  summary: 'Everything that happened to a subject, the latest first.',
  body: which.extend({
    kinds: z.array(happening.shape.kind).max(5).optional(),
    playbook: z.string().max(200).optional(),
    after: paging.after,
    limit: z.int().min(1).max(100).default(50),
  }),
  answer: pageOf(happening),
});

export const why = z.object({
  /** As of this instant: what was known by then. */
  at: instant,
  playbook: z.string(),
  /** What makes it fire, in words. */
  trigger: z.array(z.string()),
  firings: z.array(
    z.object({
      id: z.string(),
      at: instant,
      key: z.string(),
      what: z.string(),
      status: z.string(),
      reason: reason.nullable(),
      story: z.array(z.object({ at: instant, text: z.string() })),
      outcome: z.string().nullable(),
      endReason: reason.nullable(),
      endedAt: instant.nullable(),
    }),
  ),
  /** Instants at which it looks again. */
  waits: z.array(z.object({ at: instant, key: z.string(), text: z.string() })),
  /** What is there, what is still needed, and what came and did not fit; a line each. */
  standing: z.array(z.object({ arm: z.int(), key: z.string().nullable(), text: z.string() })),
});
export type Why = z.infer<typeof why>;

export const getWhy = endpoint({
  method: 'POST',
  path: '/api/people/why',
  role: 'viewer',
  summary: 'Why a playbook did something for a subject, or why not, then and now (V5).',
  body: which.extend({ playbook: z.string().min(1).max(200), at: instant.optional() }),
  answer: why,
});
