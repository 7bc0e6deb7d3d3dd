/** Jobs that are due every now and then while a Cuebook runs. */

import { complainer } from '../../activities/complainer.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { pruneAudit } from '../../store/access/audit.ts';
import { pruneSignIns } from '../../store/access/users.ts';
import { releaseEffects } from '../../store/deployments/playbook-status.ts';
import { pruneEventKeys } from '../../store/events/events.ts';
import { now, saveClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { addIncrements } from '../../store/reports/counters.ts';
import { type LoopOptions, startLoop } from '../../worker/loop.ts';
import { reasonOf } from '../../worker/part-watch.ts';
import type { Logger } from '../report/log.ts';

export interface Maintenance {
  /** Ends after what is under way, and saves the clock once more. */
  stop(): Promise<void>;
}

/** A crash loses as much of a warped clock as passed since (architecture, decision 13). */
const SAVE_CLOCK_MS = 1_000;
/** Until then a scrape sums them up itself. */
const ADD_COUNTERS_MS = 10_000;
/** A resume lets go of what a halt held itself: this is for one that died on the way. */
const RELEASE_MS = 30_000;
const PRUNE_MS = 3_600_000;
/** Of store time: as long as predictions are kept. */
const AUDIT_KEPT_MS = 400 * DAY_MS;
const MAX_PRUNED = 10_000;
/** Statements of one pruning: a backlog of months goes in a few hours. */
const MAX_ROUNDS = 100;

/** @param keepsClock false for a clock that does not go on after this process. */
export function startMaintenance(database: Database, log: Logger, keepsClock: boolean): Maintenance {
  const { pool } = database;
  const every = (everyMs: number, name: string, work: LoopOptions['work']) => {
    const onError = complainer((err, silenced) =>
      log.warn({ reason: reasonOf(err), silenced }, `${name} failed; trying again`),
    );
    return startLoop({ work, everyMs, waitsFirst: true, onError });
  };
  const prune = async (stopping: AbortSignal) => {
    for (let round = 0; round < MAX_ROUNDS && !stopping.aborted; round += 1) {
      if ((await pruneEventKeys(pool, MAX_PRUNED)) < MAX_PRUNED) return;
    }
  };
  const pruneAccess = async (stopping: AbortSignal) => {
    await pruneSignIns(database);
    const before = (await now(pool)) - AUDIT_KEPT_MS;
    for (let round = 0; round < MAX_ROUNDS && !stopping.aborted; round += 1) {
      if ((await pruneAudit(database, before, MAX_PRUNED)) < MAX_PRUNED) return;
    }
  };
  const loops = [
    ...(keepsClock ? [every(SAVE_CLOCK_MS, 'Saving the clock', () => saveClock(pool))] : []),
    every(ADD_COUNTERS_MS, 'Adding up the counters', () => addIncrements(pool)),
    every(RELEASE_MS, 'Letting held effects go', async (stopping) => void (await releaseEffects(database, stopping))),
    every(PRUNE_MS, 'Pruning old event keys', prune),
    every(PRUNE_MS, 'Pruning what was changed and signed in long ago', pruneAccess),
  ];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      if (!keepsClock) return;
      await saveClock(pool).catch((err: unknown) => log.warn({ reason: reasonOf(err) }, 'The clock was not saved'));
    },
  };
}
