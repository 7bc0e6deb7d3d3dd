/** Trying again without being a burden: to the server, or to whoever reads the log. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 30_000;

/** How long to wait after so many failures in a row: doubling to 30 s, shortened at random so that many spread out. */
export function pauseAfter(failures: number): number {
  const fullMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), MAX_PAUSE_MS);
  return fullMs * (0.5 + Math.random() / 2);
}

/** Waits, or until the signal is given; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

const QUIET_MS = 60_000;

/** What was thrown last, and how often nothing was said since the time before. */
export type Say = (error: unknown, silenced: number) => void;

/** Says what was thrown at once, then at most once a minute: a log that is flooded is not read. */
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
