/** Trying again without being a burden on the server, or on people who read the log. */
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

const QUIET_MS = 60_000;

/** @param silenced how many errors were not logged since the one before. */
export type Say = (error: unknown, silenced: number) => void;

/** Logs the first error at once, then at most one a minute: a log that is flooded is not read. */
export function complainer(say: Say): (error: unknown) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let silenced = 0;
  return (error) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < QUIET_MS) return void (silenced += 1);
    say(error, silenced);
    lastMs = nowMs;
    silenced = 0;
  };
}
