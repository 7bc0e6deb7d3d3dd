/** The shape of a Segment call, as it comes on the wire, in a file or from a playbook's test. */
import { z } from 'zod';
import { isJsonObject } from '../language/json.ts';
import type { Json } from '../language/model.ts';
import { parseInstant } from '../language/time/instants.ts';

export const CALL_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type CallType = (typeof CALL_TYPES)[number];

/** Ids and names are in indexes, where PostgreSQL bounds an entry at about 2,700 bytes. */
export const MAX_ID_BYTES = 512;

/** SDKs send null or an empty text for what they do not know. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

const absent = (value: unknown) => (isAbsent(value) ? undefined : value);

const text = z
  .union([z.string(), z.number().transform(String)], {
    error: (issue) => `A text or a number is allowed, ${kindOf(issue.input)} came.`,
  })
  .refine((it) => Buffer.byteLength(it) <= MAX_ID_BYTES, { error: `At most ${MAX_ID_BYTES} bytes are allowed.` });

const id = z.preprocess(absent, text.optional());

const idOfHistory = z.preprocess(absent, text.optional()).meta({ description: 'In files and /v1/import alone (E8).' });

const instant = z.preprocess(
  absent,
  z
    .string({ error: (issue) => `An ISO 8601 text with a zone is allowed, ${kindOf(issue.input)} came.` })
    .transform((it, context) => {
      const at = parseInstant(it);
      if (at === undefined) {
        const came = JSON.stringify(it.slice(0, 64));
        context.addIssue(`An ISO 8601 instant with a zone is allowed, as 2026-03-02T10:00:00.000Z; ${came} came.`);
        return z.NEVER;
      }
      return at;
    })
    .meta({ format: 'date-time' })
    .optional(),
);

/** What is in it is not walked again: `storable` has let nothing but JSON through, and a context may stand in each call of a batch. */
const members = z.preprocess(
  (value) => (value === null ? undefined : value),
  z
    .custom<{ [name: string]: Json }>(isJsonObject, {
      error: (issue) => `An object is allowed, ${kindOf(issue.input)} came.`,
    })
    .meta({ type: 'object', propertyNames: { type: 'string' }, additionalProperties: {} })
    .optional(),
);

/** Members that Cuebook does not read (`integrations`, `writeKey`, `channel`, …) are let through and dropped. */
export const callShape = z.object({
  type: z.preprocess(absent, z.string().meta({ enum: CALL_TYPES }).optional()),
  messageId: id,
  userId: id,
  anonymousId: id,
  groupId: id,
  previousId: id,
  event: id,
  name: id,
  category: id,
  timestamp: instant,
  originalTimestamp: instant,
  sentAt: instant,
  properties: members,
  traits: members,
  context: members,
  accountId: idOfHistory,
  dealId: idOfHistory,
  ticketId: idOfHistory,
  scope: z
    .unknown()
    .optional()
    .meta({ description: 'In files and /v1/import alone: client, for what came with a client key (E10).' }),
});

export type Call = z.infer<typeof callShape>;

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  return Array.isArray(input) ? 'a list' : `${typeof input}`;
}
