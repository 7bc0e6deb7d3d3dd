/**
 * The evaluator: consumes events exactly once, and evaluates deadlines once nothing from before them is on its way. Any number
 * may run on one database.
 */

import { backoff } from '../language/time/backoff.ts';
import { hasOpenRebuild } from '../store/evaluation/rebuilds.ts';
import { hasDueBefore } from '../store/evaluation/trigger-states.ts';
import { firstPending } from '../store/events/pending-events.ts';
import type { Database } from '../store/postgres/database.ts';
import { openWatermark } from '../store/postgres/watermark.ts';
import type { Deployed } from './deployed-program.ts';
import { codeOf, isOutage, messageOf } from './failures.ts';
import { sweepRebuild } from './rebuild/rebuild-sweep.ts';
import { openRounds } from './rounds.ts';
import { openSchedules } from './schedules/walk-schedules.ts';
import { type WakeSignal, waitForWork } from './wake-signal.ts';

export interface EvaluatorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Evaluator {
  /** Resolves when it was stopped; never rejects. */
  done: Promise<void>;
  stop(): Promise<void>;
  /** There is work: it need not wait for the next poll. */
  poke(): void;
  /** Resolves when nothing is pending and no deadline is due, as of a poll that began after the call. */
  idle(): Promise<void>;
}

/** While nothing happens it polls this often; a commit wakes it before. */
const POLL_MS = 50;
const MAX_PAUSE_MS = 2_000;
/** An outage that lasts is said once a minute. */
const SAY_AGAIN_MS = 60_000;
const MAX_GATHER_MS = 500;
/** Who asks whether all is consumed must not keep it from being consumed. */
const MAX_LOOK_MS = 25;
/** While the database is away. */
const pauseMsAfter = backoff({ firstMs: POLL_MS, maxMs: MAX_PAUSE_MS });

/** @param options.gatherMs for so long what waits apart is gathered, while each round finds more of it */
export function runEvaluator({
  database,
  log,
  gatherMs = MAX_GATHER_MS,
}: {
  database: Database;
  log: EvaluatorLog;
  gatherMs?: number;
}): Evaluator {
  const watermark = openWatermark(database);
  const schedules = openSchedules(database, watermark);
  const rounds = openRounds(database, watermark, log);
  let walkAgainAtMs = 0;
  const wake = waitForWork();
  const wakeApart = waitForWork();
  let stopping = false;

  /** Calls `turn` again and again; it answers whether there was anything to do. Never rejects. */
  const repeat = async (turn: () => Promise<boolean>, signal: WakeSignal): Promise<void> => {
    let failures = 0;
    let saidMs = 0;
    while (!stopping) {
      try {
        const isBusy = await turn();
        failures = 0;
        if (!isBusy) await signal.within(POLL_MS);
      } catch (error) {
        const pauseMs = pauseMsAfter((failures += 1));
        if (isOutage(error)) {
          if (failures === 1 || performance.now() - saidMs >= SAY_AGAIN_MS) {
            saidMs = performance.now();
            log.warn({ code: codeOf(error), failures }, 'the database is away or busy: the evaluator tries again');
          }
        } else log.error({ error: messageOf(error), pauseMs }, 'a turn of the evaluator failed: it tries again');
        await signal.within(pauseMs);
      }
    }
  };

  /** Since when each round has put something apart. */
  let gatheringSinceMs: number | undefined;
  /** Settles when the round of the rest that is under way has ended, and it is known whether it has put anything apart. */
  let roundUnderWay: Promise<unknown> = Promise.resolve();

  const together = async (): Promise<boolean> => {
    const round = rounds.together();
    roundUnderWay = round.catch(() => undefined);
    const result = await round;
    if (result.apart > 0) {
      log.info({ events: result.apart }, 'events of subjects that cost much are worked off apart');
      gatheringSinceMs ??= performance.now();
    } else if (gatheringSinceMs !== undefined) {
      gatheringSinceMs = undefined;
      wakeApart.now();
    }
    const walked = await beside();
    return result.events + result.deadlines + result.apart > 0 || walked;
  };

  /** Beside the rounds of the rest, never in their place: a subject that costs much holds up nobody. */
  const apart = async (): Promise<boolean> => {
    // What the round has put apart is there before it is known to be gathered.
    await roundUnderWay;
    // What comes at once is one walk, and does not hold up what lies behind it: the rounds of the rest come to it first.
    if (gatheringSinceMs !== undefined && performance.now() - gatheringSinceMs < gatherMs) return false;
    gatheringSinceMs = undefined;
    const result = await rounds.apart();
    return result !== undefined && result.events + result.deadlines > 0;
  };

  /** In transactions of their own: a failure here is not an event's, and holds up none. */
  const beside = async (): Promise<boolean> => {
    const { deployed } = rounds;
    if (!deployed || performance.now() < walkAgainAtMs) return false;
    try {
      return (await rebuild(deployed)) || (await schedules.walk(deployed));
    } catch (error) {
      if (isOutage(error)) throw error;
      walkAgainAtMs = performance.now() + MAX_PAUSE_MS;
      log.error({ error: messageOf(error) }, 'a rebuild or the walk of a schedule failed: tried again in two seconds');
      return false;
    }
  };

  /** What a deployment has left to do, a chunk at a time; events are consumed in between. */
  const rebuild = async (known: Deployed): Promise<boolean> =>
    known.rebuilds.length > 0 && (await hasOpenRebuild(database.pool)) && sweepRebuild(database, watermark, known);

  const done = Promise.all([repeat(together, wake), repeat(apart, wakeApart)]).then(() => undefined);
  return {
    done,
    async stop() {
      stopping = true;
      wake.now();
      wakeApart.now();
      await done;
    },
    poke: () => wake.now(),
    async idle() {
      for (let n = 0; !stopping; n++) {
        wake.now();
        wakeApart.now();
        const pending = await firstPending(database.pool);
        const safeAt = await watermark.read();
        const isDue = (await hasDueBefore(database.pool, safeAt)) || (await schedules.isDue(safeAt));
        if (pending === undefined && !isDue && !(await hasOpenRebuild(database.pool))) return;
        await new Promise((resolve) => setTimeout(resolve, Math.min(5 + n, MAX_LOOK_MS)));
      }
    },
  };
}
