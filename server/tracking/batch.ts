/** A list of calls: the good ones are kept, the others named with the reason. */

import type { NewEvent } from '../../events/new-event.ts';
import { type CallOptions, parseCall } from '../../events/parse-call.ts';
import { pointer, Refused } from '../../events/refusal.ts';
import type { Json } from '../../language/model.ts';
import { Problem } from '../problems.ts';

/** More do not come from any SDK; bounds the list of refusals that is answered. */
const MAX_BATCH_CALLS = 2_500;

export interface Refusal {
  index: number;
  messageId: string | null;
  code: string;
  pointer: string;
  message: string;
}

export interface ParsedBatch {
  events: NewEvent[];
  bytes: number;
  refused: Refusal[];
}

/**
 * Reads `{batch: […], context?, sentAt?}`.
 *
 * @throws Problem when there is no such list, or it is too long.
 */
export function parseBatch(body: unknown, options: Omit<CallOptions, 'type' | 'defaults'>): ParsedBatch {
  const { batch, context, sentAt } = (body ?? {}) as { batch?: unknown; context?: Json; sentAt?: Json };
  if (!Array.isArray(batch)) {
    throw new Problem('invalid_body', 'A batch is an object with a list "batch" of calls.', { pointer: '/batch' });
  }
  if (batch.length > MAX_BATCH_CALLS) {
    throw new Problem('invalid_body', `The batch has ${batch.length} calls; ${MAX_BATCH_CALLS} are allowed.`, {
      pointer: '/batch',
    });
  }
  const defaults = { ...(context === undefined ? {} : { context }), ...(sentAt === undefined ? {} : { sentAt }) };
  const parsed: ParsedBatch = { events: [], bytes: 0, refused: [] };
  for (const [index, call] of batch.entries()) {
    try {
      const { event, bytes } = parseCall(call, { ...options, defaults });
      parsed.events.push(event);
      parsed.bytes += bytes;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      parsed.refused.push({
        index,
        messageId: messageIdOf(call),
        code: error.code,
        pointer: pointer(['batch', index, ...error.path]),
        message: error.message,
      });
    }
  }
  return parsed;
}

function messageIdOf(call: unknown): string | null {
  const id = (call as { messageId?: unknown } | null)?.messageId;
  return typeof id === 'string' ? id.slice(0, 512) : null;
}
