/** Trying again without being a burden: to the server, or to whoever reads the log. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** How long to wait after so many failures in a row: doubling to 30 s, shortened at random so that many spread out. */
export function pauseAfter(failures: number): number {
  const fullMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE_MS);
  return fullMs * (0.5 + Math.random() / 2);
}

/** Waits, or until the signal is given; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

const QUIET_MS = 60_000;

/** Says something at once, then at most once a minute, with how often it was silent. */
export function seldom(say: (silenced: number) => void): () => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let silenced = 0;
  return () => {
    const nowMs = performance.now();
    if (nowMs - lastMs < QUIET_MS) return void (silenced += 1);
    say(silenced);
    lastMs = nowMs;
    silenced = 0;
  };
}
