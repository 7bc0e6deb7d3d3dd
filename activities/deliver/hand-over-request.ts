/** Sends a claimed request, signed, and reads what came back (S10, P4, P5). */

import { ifStorable } from '../../language/json.ts';
import type { Json } from '../../language/model.ts';
import { contextOf } from '../../steps/reply.ts';
import { guardedRequest } from '../http/guarded-request.ts';
import { signatureHeaders } from '../http/webhook-signature.ts';
import type { PartResult } from './effect-result.ts';
import type { RequestPart } from './parts.ts';

export interface RequestOptions {
  /** Sign requests, each of them; without any none is sent, and it waits. */
  webhookSecrets?: readonly Buffer[] | undefined;
  /** Told of each request or call that was not taken: a code, and the host or the activity; nothing of what it carried. */
  onNotTaken?: (refused: { effect: string; playbook: string; to: string; code: string; permanent: boolean }) => void;
}

/** Less than half of a lease. */
const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** Not now: too early, too many, or the server's own trouble. */
const NOT_NOW: ReadonlySet<number> = new Set([408, 425, 429]);

export async function handOverRequest(
  { id, url, body, allow }: RequestPart,
  { webhookSecrets = [], onNotTaken, playbook, isLate }: RequestOptions & { playbook: string; isLate(): boolean },
): Promise<PartResult> {
  const result = (status: 'failed' | 'refused', code: string, context?: PartResult['context']): PartResult => {
    const permanent = status === 'refused';
    const to = URL.canParse(url) ? new URL(url).host : '';
    onNotTaken?.({ effect: id, playbook, to, code, permanent });
    return { row: null, status, code, permanent, ...(context && { context }) };
  };
  if (webhookSecrets.length === 0) return result('failed', 'no_secret');
  if (isLate()) return result('failed', 'late');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Cuebook',
    // The receiver compares it with its own clock: real time, whatever the store's clock says.
    ...signatureHeaders({ id, atMs: Date.now(), body }, webhookSecrets),
  };
  const request = { url, method: 'POST', headers, body, allow, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES };
  const outcome = await guardedRequest(request);
  if (outcome.is === 'forbidden') return result('refused', outcome.code);
  if (outcome.is === 'unanswered') return result('failed', outcome.code);
  const { status, isCut } = outcome;
  if (status >= 500 || NOT_NOW.has(status)) return result('failed', `http-${status}`);
  const context = contextOf(isCut ? null : jsonOf(outcome.body), status);
  if (status < 200 || status > 299) return result('refused', `http-${status}`, context);
  return { row: null, status: 'sent', code: null, permanent: false, context };
}

/** Null where it is no JSON, or none that can be stored. */
export function jsonOf(body: Buffer): Json {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
  return ifStorable(value) ?? null;
}
