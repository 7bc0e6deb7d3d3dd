/** What a batch says for all of its calls: read and checked once, however many calls repeat it. */
import { isJsonObject } from '../language/json.ts';
import type { Json } from '../language/model.ts';
import { storableValue } from './sanitize-json.ts';

export interface BatchDefaults {
  context?: { [name: string]: Json };
  /** What the context adds to each call, as compact JSON. */
  contextBytes: number;
  sentAt?: Json;
}

/** @throws Refused where the context cannot be stored */
export function batchDefaults({ context, sentAt }: { context?: unknown; sentAt?: Json | undefined }): BatchDefaults {
  const shared = isJsonObject(context) ? (storableValue(context, ['context']) as { [name: string]: Json }) : undefined;
  return {
    ...(shared && { context: shared }),
    contextBytes: shared ? Buffer.byteLength(JSON.stringify(shared)) : 0,
    ...(sentAt !== undefined && { sentAt }),
  };
}

/** @param call storable. Its own members win. @returns the call with what the batch says, and its size. */
export function withBatchDefaults(
  call: { [name: string]: Json },
  { context, contextBytes, sentAt }: BatchDefaults,
): { call: { [name: string]: Json }; bytes: number } {
  const takesContext = context !== undefined && (call.context === undefined || isJsonObject(call.context));
  return {
    // Before they are merged: a bound on what is merged must not cost as much as it bounds.
    bytes: Buffer.byteLength(JSON.stringify(call)) + (takesContext ? contextBytes : 0),
    call: {
      ...call,
      // One and the same for all calls that have none of their own: a copy for each would cost what its bound is there to save.
      ...(takesContext && {
        context: call.context === undefined ? context : { ...context, ...(call.context as object) },
      }),
      ...(call.sentAt === undefined && sentAt !== undefined && { sentAt }),
    },
  };
}
