/** What the API's answers share. Instants are ISO 8601 in UTC; ids are opaque. */
import { z } from 'zod';

/** From the least to the most: each may what those before it may. */
export const ROLES = ['viewer', 'author', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const MAX_PAGE = 100;

export const instant = z.iso.datetime();
export const id = z.string().min(1).max(2_000);
export const name = z.string().trim().min(1).max(200);
export const playbookName = z.string().min(1).max(200);

/** Where a page goes on: what the page before it answered as `next`. */
export const after = z.string().max(4_000).optional().describe('`next` of the page before.');
export const limit = z.coerce.number().int().min(1).max(MAX_PAGE).default(50);
export const paging = { after, limit };

/** A page: `next` is null where nothing follows. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

export const SUBJECT_KINDS = ['contact', 'account', 'deal', 'ticket', 'colleague', 'workspace'] as const;
export const RECORD_KINDS = ['contact', 'account', 'deal', 'ticket'] as const;
export const subject = z.object({ type: z.enum(SUBJECT_KINDS), id: z.string() });
export type Subject = z.infer<typeof subject>;

/** A subject with what people call it. */
export const namedSubject = subject.extend({ name: z.string().nullable() });
export type NamedSubject = z.infer<typeof namedSubject>;

/** `code` is the word of rules and metrics; `words` says it to people. */
export const reason = z.object({ code: z.string(), words: z.string() });
export type Reason = z.infer<typeof reason>;
export const reasonCount = reason.extend({ count: z.int() });
export type ReasonCount = z.infer<typeof reasonCount>;

/** `silent`: withheld or refused; `good`: a goal; `bad`: a failure. */
export const sentence = z.object({ text: z.string(), tone: z.enum(['done', 'silent', 'good', 'bad']) });
export type Sentence = z.infer<typeof sentence>;

export const OUTCOMES = ['converted', 'exited', 'completed', 'failed', 'cancelled'] as const;
/** How journeys ended; `reason` null where they went to the end of the steps. */
export const ending = z.object({ outcome: z.string(), reason: reason.nullable(), count: z.int() });
export type Ending = z.infer<typeof ending>;

/** Any value of JSON. */
export const json = z.unknown();

/** Every error: RFC 9457, `application/problem+json`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail?: string;
  /** JSON Pointer to what is wrong in the body, the query (`/q`) or the path. */
  pointer?: string;
}
