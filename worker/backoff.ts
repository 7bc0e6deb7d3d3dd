/** Trying again without being a burden on the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../language/time/backoff.ts';
import { withJitter } from '../store/postgres/retry.ts';

const fullMsAfter = backoff({ firstMs: 250, maxMs: 30_000 });

/** How long to wait after so many failures in a row. */
export function pauseAfter(failures: number): number {
  return withJitter(fullMsAfter(failures));
}

/** Waits, or until the signal is given; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
