/** Sends calls to the tracking API, as any Segment SDK does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../language/time/backoff.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { TimedCall } from './calls.ts';

export interface TrackingClient {
  /** Sends calls in their order, `timestamp` from each one's instant, and resolves when all are stored. */
  send(route: 'batch' | 'import', calls: readonly TimedCall[]): Promise<void>;
}

/** About 300 bytes each: well below the 500 kB of a request. */
const CALLS_A_REQUEST = 500;
const MAX_ATTEMPTS = 20;
const pauseMsAfter = backoff({ firstMs: 100, maxMs: 1_000 });

/**
 * @param options.name what `messageId`s begin with: two clients of one server have different ones.
 */
export function trackingClient(options: { baseUrl: string; writeKey: string; name: string }): TrackingClient {
  const authorization = `Basic ${Buffer.from(`${options.writeKey}:`).toString('base64')}`;
  let sent = 0;
  const post = async (route: string, body: string): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${options.baseUrl}/v1/${route}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body,
      });
      const text = await response.text();
      if (response.ok) return refuseRefusals(text);
      // Sent again, it is stored once: every call has its messageId.
      const isPassing = response.status === 429 || response.status === 503;
      if (!isPassing || attempt === MAX_ATTEMPTS) throw new Error(`/v1/${route} answered ${response.status}: ${text}`);
      await sleep(pauseMsAfter(attempt));
    }
  };
  return {
    async send(route, calls) {
      for (let i = 0; i < calls.length; i += CALLS_A_REQUEST) {
        const batch = calls.slice(i, i + CALLS_A_REQUEST).map(({ at, call }) => ({
          ...call,
          timestamp: isoInstant(at),
          messageId: `${options.name}-${(sent += 1)}`,
        }));
        await post(route, JSON.stringify({ batch }));
      }
    },
  };
}

/** A batch with a bad call keeps the good ones; here none is expected. */
function refuseRefusals(text: string): void {
  const { refused } = JSON.parse(text) as { refused?: unknown[] };
  if (refused !== undefined && refused.length > 0) throw new Error(`Calls were refused: ${JSON.stringify(refused)}`);
}
