/**
 * Tells cohorts that a warped clock runs faster than when they set their timers (architecture, decision 13). A slower clock
 * needs no telling: a timer that is early reads the clock again.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { complainer } from '../activities/complainer.ts';
import { dueCohorts } from '../store/journeys/cohorts.ts';
import { readClock } from '../store/postgres/clock.ts';
import type { Database } from '../store/postgres/database.ts';
import { signalClock } from './clock-stepper.ts';
import { type Loop, startLoop } from './loop.ts';
import { reasonOf } from './part-watch.ts';

const EVERY_MS = 2_000;
/** In real time: a timer that is not as late as this may still fire by itself. */
const OVERSLEPT_MS = 5_000;
const AT_A_TIME = 10;
/** What one look signals: the next one goes on. */
const MAX_SIGNALLED = 500;
/** Cohorts that were told, by which a process knows them again. */
const MAX_KNOWN = 100_000;

export interface ClockTellerOptions {
  database: Database;
  client: Client;
  log: Logger;
}

export function startClockTeller(options: ClockTellerOptions): Loop {
  const { log } = options;
  const teller = new ClockTeller(options);
  const onError = complainer((err, silenced) =>
    log.warn({ reason: reasonOf(err), silenced }, 'Cohorts cannot be told the clock'),
  );
  return startLoop({ work: (stopping) => teller.look(stopping), everyMs: EVERY_MS, onError });
}

/** Signals each cohort that has overslept once for each pace: after that it sets its timers by it. */
export class ClockTeller {
  readonly #options: Pick<ClockTellerOptions, 'database' | 'client'>;
  readonly #told = new Set<string>();
  #warp = 0;

  constructor(options: Pick<ClockTellerOptions, 'database' | 'client'>) {
    this.#options = options;
  }

  /** @throws what PostgreSQL or Temporal throws; the call may be repeated. */
  async look(stopping?: AbortSignal): Promise<void> {
    const { pool } = this.#options.database;
    const { mode, warp, now } = await readClock(pool);
    // A real clock never runs faster than it did.
    if (mode !== 'warped') return;
    if (warp !== this.#warp || this.#told.size > MAX_KNOWN) this.#told.clear();
    this.#warp = warp;
    let signalled = 0;
    for (let after = ''; signalled < MAX_SIGNALLED && !stopping?.aborted; ) {
      const ids = await dueCohorts(pool, now - OVERSLEPT_MS * warp, after, AT_A_TIME);
      const untold = ids.filter((id) => !this.#told.has(id));
      await Promise.all(untold.map((id) => this.#tell(id, { now, warp })));
      signalled += untold.length;
      if (ids.length < AT_A_TIME) return;
      after = ids.at(-1)!;
    }
  }

  async #tell(id: string, reading: { now: number; warp: number }): Promise<void> {
    await signalClock(this.#options.client, id, reading);
    this.#told.add(id);
  }
}
