/**
 * From instants of the one clock to the workflow's real time, in which timers are set (architecture, decision 13).
 *
 * A reading is never ahead: the clock was read before its answer arrived. So of two readings of one clock the one that
 * shows a later time was delayed less, and is the better one. Only a reading that is much too early means that the clock
 * itself was set back against real time: virtual time does not pass while nothing runs.
 */
import type { Instant } from '../../language/model.ts';
import type { ClockAnchor, ClockReading } from './types.ts';

/** A reading that is this much too early, in real time, was not merely slow to arrive. */
const STOOD_STILL_MS = 2_000;

/** The anchor to go by after a reading that arrived at `nowMs` of the workflow's time. */
export function takeReading(before: ClockAnchor | undefined, reading: ClockReading, nowMs: number): ClockAnchor {
  const after = { now: reading.now, warp: reading.warp, readAtMs: nowMs };
  if (before === undefined || before.warp !== after.warp) return after;
  const expected = before.now + (nowMs - before.readAtMs) * before.warp;
  const behindMs = (expected - after.now) / (before.warp || 1);
  // A stepped clock only goes forward: a reading from before the step says nothing new.
  const isSetBack = before.warp > 0 && behindMs > STOOD_STILL_MS;
  return behindMs < 0 || isSetBack ? after : before;
}

/**
 * The workflow's time at which the clock shows `instant`, in milliseconds since the epoch, rounded up; in the past when
 * it has shown it already, infinite when only a step of the clock can bring it.
 */
export function realTimeOf(anchor: ClockAnchor, instant: Instant): number {
  if (instant <= anchor.now) return anchor.readAtMs;
  if (anchor.warp === 0) return Number.POSITIVE_INFINITY;
  return anchor.readAtMs + Math.ceil((instant - anchor.now) / anchor.warp);
}
