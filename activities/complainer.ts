/** Saying again and again that something fails, without being a burden on people who read the log. */

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
