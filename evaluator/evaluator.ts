/**
 * The evaluator: consumes events exactly once, and evaluates deadlines once nothing from before them is on its way. Any number
 * may run on one database.
 */

import { backoff } from '../language/time/backoff.ts';
import { hasOpenRebuild } from '../store/evaluation/rebuilds.ts';
import { hasDueBefore } from '../store/evaluation/trigger-states.ts';
import { failPending, firstPending } from '../store/events/pending-events.ts';
import type { Database } from '../store/postgres/database.ts';
import { isTransient } from '../store/postgres/retry.ts';
import { openWatermark } from '../store/postgres/watermark.ts';
import { currentDeployed, type Deployed } from './deployed-program.ts';
import { sweepRebuild } from './rebuild/rebuild-sweep.ts';
import type { RoundResult } from './round/batch.ts';
import { decideDeferred } from './round/deferred-firings.ts';
import type { RoundLimits } from './round/load-batch.ts';
import { round } from './round/round.ts';
import { openSchedules } from './schedules/walk-schedules.ts';
import { waitForWork } from './wake-signal.ts';

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

/** Smaller for a while after a transaction that took too long. */
const LIMITS: RoundLimits = { events: 500, subjects: 500 };
const ALONE: RoundLimits = { events: 1, subjects: 1 };
/** While nothing happens it polls this often; a commit wakes it before. */
const POLL_MS = 50;
const MAX_PAUSE_MS = 2_000;
/** While the database is away. */
const pauseMsAfter = backoff({ firstMs: POLL_MS, maxMs: MAX_PAUSE_MS });

export function runEvaluator({ database, log }: { database: Database; log: EvaluatorLog }): Evaluator {
  const watermark = openWatermark(database);
  const schedules = openSchedules(database, watermark);
  let stopping = false;
  let deployed: Deployed | undefined;
  let failures = 0;
  let walkAgainAtMs = 0;
  let limits = LIMITS;
  const wake = waitForWork();

  const once = async (limits: RoundLimits): Promise<RoundResult> => {
    const safeAt = await watermark.read();
    return database.transaction(async (client) => {
      deployed = await currentDeployed(client, deployed);
      if (!deployed) return NOTHING;
      const result = await round(client, deployed, safeAt, limits);
      await decideDeferred(client, deployed, safeAt);
      return result;
    });
  };

  /** Late events of subjects with long timelines may be too much for one transaction: the next batch is smaller. */
  const some = async (): Promise<RoundResult> => {
    try {
      const result = await once(limits);
      limits = scaled(limits, 2);
      return result;
    } catch (error) {
      limits = scaled(limits, 1 / 4);
      throw error;
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopping) {
      try {
        const result = await some();
        failures = 0;
        const walked = await beside();
        if (result.events === 0 && result.deadlines === 0 && !walked) await wake.within(POLL_MS);
      } catch (error) {
        if (isTransient(error)) {
          const pauseMs = pauseMsAfter((failures += 1));
          log.warn({ code: codeOf(error), pauseMs }, 'the database is away or busy: the evaluator tries again');
          await wake.within(pauseMs);
        } else await isolate(error);
      }
    }
  };

  /** In transactions of their own: a failure here is not an event's, and holds up none. */
  const beside = async (): Promise<boolean> => {
    if (!deployed || performance.now() < walkAgainAtMs) return false;
    try {
      return (await rebuild(deployed)) || (await schedules.walk(deployed));
    } catch (error) {
      if (isTransient(error)) throw error;
      walkAgainAtMs = performance.now() + MAX_PAUSE_MS;
      log.error({ error: messageOf(error) }, 'a rebuild or the walk of a schedule failed: tried again in two seconds');
      return false;
    }
  };

  /** What a deployment has left to do, a chunk at a time; events are consumed in between. */
  const rebuild = async (known: Deployed): Promise<boolean> =>
    known.rebuilds.length > 0 && (await hasOpenRebuild(database.pool)) && sweepRebuild(database, watermark, known);

  /** After a batch failed its events are consumed one by one, and the one that fails is counted. */
  const isolate = async (cause: unknown): Promise<void> => {
    log.error({ error: messageOf(cause) }, 'a batch of events failed: its events are consumed one by one');
    for (let n = 0; n < LIMITS.events && !stopping; n++) {
      const first = await firstPending(database.pool);
      try {
        const result = await once(ALONE);
        if (result.events === 0 && result.deadlines === 0) return;
      } catch (error) {
        if (isTransient(error) || first === undefined) {
          await wake.within(MAX_PAUSE_MS);
          return;
        }
        const { isDeadLetter } = await failPending(database.pool, first, messageOf(error));
        log.error({ arrival: first, isDeadLetter, error: messageOf(error) }, 'an event could not be consumed');
        if (!isDeadLetter) await wake.within(POLL_MS);
      }
    }
  };

  const done = loop();
  return {
    done,
    async stop() {
      stopping = true;
      wake.now();
      await done;
    },
    poke: () => wake.now(),
    async idle() {
      while (!stopping) {
        wake.now();
        const pending = await firstPending(database.pool);
        const safeAt = await watermark.read();
        const isDue = (await hasDueBefore(database.pool, safeAt)) || (await schedules.isDue(safeAt));
        if (pending === undefined && !isDue && !(await hasOpenRebuild(database.pool))) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** Never more than a whole batch, and never less than one event. */
function scaled({ events, subjects }: RoundLimits, by: number): RoundLimits {
  const within = (n: number, most: number) => Math.max(1, Math.min(most, Math.floor(n * by)));
  return { events: within(events, LIMITS.events), subjects: within(subjects, LIMITS.subjects) };
}

const NOTHING: RoundResult = { events: 0, deadlines: 0, firings: 0, deferred: 0 };

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** Errors of the engine name places in playbooks, never what an event holds. */
function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
