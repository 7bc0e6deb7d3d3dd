/** What a service-level clock remembers of one subject (semantics section 7): plain JSON, all of it bounded. */

import type { Instant, Mark, Target } from '../../language/model.ts';
import type { Measure } from '../../language/time/calendar.ts';

/** One run of a clock: from a start event to its stop, with all pauses and resumptions between (L2). */
export interface ClockInstance {
  /** From 1, in the order in which start events were first seen (T10). */
  number: number;
  /** The messageId of its start event. */
  startEvent: string;
  startedAt: Instant;
  /**
   * As last read; what the escalation of Cuebook's own steps set does not count (L3). Absent while the policy's table has
   * no row for what it is read by: there is no promise then, and the time that passes counts all the same (L2).
   */
  target?: Target;
  /** When the promise that there was lost its row. Absent while there is one, and where there never was. */
  withdrawnAt?: Instant;
  /** Everything unpaused up to `runningSince`, in a form that any later target's unit can read. */
  elapsed: Measure;
  /**
   * The unpaused spans of which `elapsed` is the measure, [from, to), in their order: what another calendar measures again.
   * The latest `MAX_SPANS`; older ones stay as they were measured, in `folded`.
   */
  spans: [from: Instant, to: Instant][];
  folded?: { elapsed: Measure; sinceBreach: Measure };
  /** The same, from the breach on. Set with `breachedAt`. */
  sinceBreach?: Measure;
  /** Where the unpaused span that still runs begins. Absent while paused, and after the end. */
  runningSince?: Instant;
  pausedSince?: Instant;
  breachedAt?: Instant;
  /** Marks before and after the breach that have been reached, by their text, each with its instant. */
  reached: { [mark: string]: Instant };
  stoppedAt?: Instant;
  /** `unpromised`: stopped while there was no promise. */
  how?: 'met' | 'breached' | 'cancelled' | 'unpromised';
  /** What the breach was due at when the clock ended before it. */
  wasDue?: Instant;
}

export interface ClockState {
  /** In the order of their starts, the current one last; the latest `MAX_INSTANCES`. */
  instances: ClockInstance[];
  numbers: ClockNumbers;
}

/**
 * Which start event has which number. It outlives a recomputation (E5): a start that arrives late gets the next number,
 * and no number changes.
 */
export interface ClockNumbers {
  next: number;
  /** `[messageId, number]`, oldest first; the latest `MAX_NUMBERS`. */
  given: [messageId: string, number: number][];
}

export interface ChangedInstance {
  instance: number;
  startEvent: string;
  at: Instant;
  /** There is no promise, so nobody is told (L2). */
  unpromised?: true;
}

export type ClockChange = ChangedInstance &
  (
    | { kind: 'started' }
    /** Its table has a row for it, for the first time or again (L2). */
    | { kind: 'promised' }
    /** Its table has no row for it any more. */
    | { kind: 'withdrawn' }
    | { kind: 'paused' }
    | { kind: 'resumed' }
    | { kind: 'retargeted'; target: Target }
    /** A mark before the breach, or after it, is reached. The breach itself is `breached`. */
    | { kind: 'marked'; mark: Mark }
    | { kind: 'breached' }
    | { kind: 'stopped'; met: boolean }
    | { kind: 'cancelled' }
  );

/** Instances beyond these ended long ago: what waited for them was answered by their stop. */
export const MAX_INSTANCES = 32;
export const MAX_NUMBERS = 512;
/** Pauses of one instance that a changed calendar still measures again. */
export const MAX_SPANS = 64;

export const NO_CLOCK: ClockState = { instances: [], numbers: { next: 1, given: [] } };

/** The number of a start event: the one it has, or the next. */
export function numberOf(numbers: ClockNumbers, messageId: string): { number: number; numbers: ClockNumbers } {
  const known = numbers.given.find(([id]) => id === messageId);
  if (known !== undefined) return { number: known[1], numbers };
  const given = [...numbers.given, [messageId, numbers.next] as [string, number]].slice(-MAX_NUMBERS);
  return { number: numbers.next, numbers: { next: numbers.next + 1, given } };
}

/** A checkpoint to recompute from, with every number that was given since. */
export function withNumbers(checkpoint: ClockState | undefined, latest: ClockState | undefined): ClockState {
  return { instances: checkpoint?.instances ?? [], numbers: (latest ?? checkpoint ?? NO_CLOCK).numbers };
}

export function findInstance(state: ClockState, number: number): ClockInstance | undefined {
  return state.instances.find((instance) => instance.number === number);
}
