/** What has to be done every now and then while a Cuebook runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pruneEventKeys } from '../../store/events/events.ts';
import { saveClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Logger } from '../report/log.ts';

export interface Chores {
  /** Ends after what is under way, and saves the clock once more. */
  stop(): Promise<void>;
}

/** A crash loses as much of a warped clock as passed since (architecture, decision 13). */
const SAVE_CLOCK_MS = 1_000;
const PRUNE_MS = 3_600_000;
const PRUNED_AT_ONCE = 10_000;
/** Rounds of one pruning: a backlog of months goes in a few hours. */
const MAX_ROUNDS = 100;

/** @param keepsClock false for a clock that nobody goes on with. */
export function startChores(database: Database, log: Logger, keepsClock: boolean): Chores {
  const stopping = new AbortController();
  const every = async (ms: number, name: string, work: () => Promise<unknown>) => {
    while (!stopping.signal.aborted) {
      await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      await work().catch((err: unknown) => log.warn({ err }, `${name} failed; it is tried again`));
    }
  };
  const prune = async () => {
    for (let round = 0; round < MAX_ROUNDS && !stopping.signal.aborted; round += 1) {
      if ((await pruneEventKeys(database.pool, PRUNED_AT_ONCE)) < PRUNED_AT_ONCE) return;
    }
  };
  const loops = [
    ...(keepsClock ? [every(SAVE_CLOCK_MS, 'Saving the clock', () => saveClock(database.pool))] : []),
    every(PRUNE_MS, 'Forgetting old event keys', prune),
  ];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      if (!keepsClock) return;
      await saveClock(database.pool).catch((err: unknown) => log.warn({ err }, 'The clock was not saved'));
    },
  };
}
