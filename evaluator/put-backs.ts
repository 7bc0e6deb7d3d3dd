/**
 * Events that are claimed and put back round after round. Most wait a moment, for the watermark or for a lock; one that goes
 * on being put back is told, and in the end set aside as any other that cannot be consumed (architecture, decision 2).
 */
import { holdBack } from '../store/events/pending-events.ts';
import type { Queryable } from '../store/postgres/database.ts';
import type { EvaluatorLog } from './evaluator.ts';

/**
 * Why an event is put back: its subject is not locked; another transaction holds an earlier event of the subject; deadlines
 * before it are not safe yet, or are too many for one round; it stands behind one that is put back.
 */
export type PutBackReason = 'unlocked' | 'held' | 'watermark' | 'deadlines' | 'behind';

export interface PutBack {
  arrival: number;
  reason: PutBackReason;
}

/** What is put back for so long, in as many rounds at least, is told; by real time. */
const TOLD_AFTER_MS = 60_000;
const TOLD_AFTER_ROUNDS = 10;
/** Those that are counted: of more, the one that was counted last begins anew. */
const MAX_COUNTED = 1_000;
/** Nobody else can be expected to let go of it any more. */
const SET_ASIDE_AFTER_MS = 15 * 60_000;

interface Count {
  lane: string;
  sinceMs: number;
  rounds: number;
  nextMs: number;
}

export class PutBacks {
  readonly #log: EvaluatorLog;
  readonly #nowMs: () => number;
  readonly #counts = new Map<number, Count>();

  /** @param nowMs real time that only goes forward */
  constructor(log: EvaluatorLog, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /**
   * Notes those of a round: what the lane's last round put back and this one did not has been consumed.
   *
   * @param lane those that wait together, or the key of a subject that waits apart: each has rounds of its own
   * @returns what has been put back for long, with for how long by this process
   */
  note(lane: string, putBack: readonly PutBack[]): (PutBack & { rounds: number; waitedMs: number })[] {
    if (putBack.length === 0 && this.#counts.size === 0) return [];
    const nowMs = this.#nowMs();
    const now = new Set(putBack.map(({ arrival }) => arrival));
    for (const [arrival, count] of this.#counts)
      if (count.lane === lane && !now.has(arrival)) this.#counts.delete(arrival);
    const long: (PutBack & { rounds: number; waitedMs: number })[] = [];
    for (const one of putBack) {
      const { sinceMs = nowMs, rounds = 0, nextMs = nowMs + TOLD_AFTER_MS } = this.#counts.get(one.arrival) ?? {};
      const count = { lane, sinceMs, rounds: rounds + 1, nextMs };
      if (rounds > 0 || this.#counts.size < MAX_COUNTED) this.#counts.set(one.arrival, count);
      if (nowMs < nextMs || count.rounds < TOLD_AFTER_ROUNDS) continue;
      count.nextMs = nowMs + TOLD_AFTER_MS;
      long.push({ ...one, rounds: count.rounds, waitedMs: nowMs - sinceMs });
    }
    return long;
  }

  /** Notes those of a round, and tells of the ones that go on being put back. */
  async tell(client: Queryable, lane: string, putBack: readonly PutBack[]): Promise<void> {
    for (const { arrival, reason, rounds, waitedMs } of this.note(lane, putBack)) {
      // What waits for the clock, or for another event, is let go when those are.
      const mayBeSetAside = reason === 'unlocked' || reason === 'held';
      const held = await holdBack(client, arrival, reason, mayBeSetAside ? SET_ASIDE_AFTER_MS : undefined);
      if (!held) continue;
      const { isDeadLetter } = held;
      const fields = { arrival, reason, rounds, waitedMs: Math.round(waitedMs), isDeadLetter };
      if (isDeadLetter) this.#log.error(fields, 'an event could not be consumed');
      else this.#log.warn(fields, 'an event is put back round after round');
    }
  }
}
