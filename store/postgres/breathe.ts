/** Long work lets others have the event loop: HTTP answers, and the rounds of those who do not cost much. */
import { setImmediate as turn } from 'node:timers/promises';

/** So long work may hold the event loop in one piece. */
const MAX_BUSY_MS = 15;
let beganMs = 0;
let isFresh = false;

/**
 * Lets others have their turn where the loop has been held for long. All that runs in this process shares one loop, so one
 * clock tells it for all of them.
 */
export async function breathe(): Promise<void> {
  const nowMs = performance.now();
  if (!isFresh) {
    // The first call of a turn begins to count.
    isFresh = true;
    beganMs = nowMs;
    setImmediate(() => {
      isFresh = false;
    });
    return;
  }
  if (nowMs - beganMs < MAX_BUSY_MS) return;
  await turn();
}
