/** A list of calls: the good ones are kept, the others named with the reason. */

import { type BatchDefaults, batchDefaults } from '../../events/batch-defaults.ts';
import type { NewEvent } from '../../events/new-event.ts';
import { type CallOptions, parseCall } from '../../events/parse-call.ts';
import { pointer, Refused } from '../../events/refusal.ts';
import type { Json } from '../../language/model.ts';
import { breathe } from '../../store/postgres/breathe.ts';
import { Problem } from '../problems.ts';

/** More do not come from any SDK; bounds the list of refusals that is answered. */
const MAX_BATCH_CALLS = 2_500;

/** What the context of a batch may come to, repeated in each of its calls: some tenths of a second of work, in pieces. */
const MAX_REPEATED_BYTES = 16 * 1024 * 1024;

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
 * Reads `{batch: […], context?, sentAt?}`, and lets others have the event loop in between.
 *
 * @throws Problem when there is no such list, it is too long, or what it says for all calls is too much.
 */
export async function parseBatch(body: unknown, options: Omit<CallOptions, 'type' | 'defaults'>): Promise<ParsedBatch> {
  const { batch, context, sentAt } = (body ?? {}) as { batch?: unknown; context?: Json; sentAt?: Json };
  if (!Array.isArray(batch)) {
    throw new Problem('invalid_body', 'A batch is an object with a list "batch" of calls.', { pointer: '/batch' });
  }
  if (batch.length > MAX_BATCH_CALLS) {
    throw new Problem('invalid_body', `The batch has ${batch.length} calls; ${MAX_BATCH_CALLS} are allowed.`, {
      pointer: '/batch',
    });
  }
  const defaults = defaultsOf({ context, sentAt });
  const work = batch.length * defaults.contextBytes;
  if (work > MAX_REPEATED_BYTES) {
    const message = `The context has ${defaults.contextBytes} bytes and counts for each of ${batch.length} calls; ${MAX_REPEATED_BYTES} bytes are allowed in all.`;
    throw new Problem('too_large', `${message} Send smaller batches.`, { pointer: '/context' });
  }
  const parsed: ParsedBatch = { events: [], bytes: 0, refused: [] };
  for (const [index, call] of batch.entries()) {
    await breathe();
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

function defaultsOf(given: { context?: Json | undefined; sentAt?: Json | undefined }): BatchDefaults {
  try {
    return batchDefaults(given);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Problem('invalid_body', error.message, { pointer: pointer(error.path) });
  }
}

function messageIdOf(call: unknown): string | null {
  const id = (call as { messageId?: unknown } | null)?.messageId;
  return typeof id === 'string' ? id.slice(0, 512) : null;
}
