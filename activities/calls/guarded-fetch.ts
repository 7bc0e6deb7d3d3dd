/** The `fetch` that activities are given: under the rules of webhooks (S10). */
import { guardedRequest } from '../http/guarded-request.ts';
import type { FetchOptions } from './activity.ts';

const MAX_BYTES = 1024 * 1024;
/** Statuses that have no body, and for which `Response` takes none. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

export interface Guard {
  /** Hosts that may be inner, and without TLS. */
  allow: readonly string[];
  signal: AbortSignal;
  timeoutMs: number;
}

/** @throws Error with a code as its message: `inner_address`, `timeout`, `connection`, `too_long`, … */
export function guardedFetch({ allow, signal, timeoutMs }: Guard) {
  return async (url: string, { method = 'GET', headers = {}, body }: FetchOptions = {}): Promise<Response> => {
    const asked = { url, method, headers, allow, signal, timeoutMs, maxBytes: MAX_BYTES };
    const outcome = await guardedRequest({ ...asked, ...(body !== undefined && { body }) });
    if (outcome.is !== 'answered') throw new Error(outcome.code);
    if (outcome.isCut) throw new Error('too_long');
    const { status } = outcome;
    const received = Object.entries(outcome.headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    );
    return new Response(BODILESS.has(status) ? null : new Uint8Array(outcome.body), { status, headers: received });
  };
}
