/** When a cohort wakes: one timer for all members (architecture, decision 4). */

/** Deadlines this long after the earliest share its timer, in the clock's milliseconds. */
const MAX_SHARE_MS = 30_000;
const SHARE_OF_WAIT = 1 / 1_000;

/** The span in which the timer may fire, in milliseconds of the workflow's time. */
export interface SharedTimer {
  /** The earliest deadline: never before. */
  earliestMs: number;
  /** The latest deadline that shares the timer: what it is set to. */
  setToMs: number;
  /** A timer that was set to as late as this, for others, serves as well. */
  latestMs: number;
}

/**
 * @param deadlines real times; infinite ones and none at all set no timer.
 * @param warp virtual seconds a real second: what may be 30 s late may be so by the clock that people see.
 */
export function sharedTimerFor(deadlines: readonly number[], nowMs: number, warp: number): SharedTimer | undefined {
  const earliestMs = deadlines.reduce((least, deadline) => Math.min(least, deadline), Number.POSITIVE_INFINITY);
  if (earliestMs === Number.POSITIVE_INFINITY) return undefined;
  const waitMs = Math.max(0, earliestMs - nowMs);
  const latestMs = earliestMs + Math.min(waitMs * SHARE_OF_WAIT, MAX_SHARE_MS / (warp || 1));
  const setToMs = deadlines.reduce((last, at) => (at > last && at <= latestMs ? at : last), earliestMs);
  return { earliestMs, setToMs, latestMs };
}

/** Whether a timer that is already set may stay. */
export function serves(setToMs: number, wanted: SharedTimer): boolean {
  return setToMs >= wanted.earliestMs && setToMs <= wanted.latestMs;
}
