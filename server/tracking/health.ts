/** Whether this process lives, and whether it can do what it is there for. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../../store/postgres/database.ts';
import { Problem } from '../problems.ts';

export interface HealthOptions {
  database: Database;
  /** What is still to be started; undefined when nothing is. */
  startingWith?: (() => string | undefined) | undefined;
  /** Parts beside PostgreSQL that are watched, by their names. */
  partStates?: (() => readonly { part: string; up: boolean }[]) | undefined;
  /** Those of them without which it is not ready. */
  needs?: readonly string[];
}

/** PostgreSQL has this long to answer. */
const READY_WITHIN_MS = 2_000;

/**
 * `/healthz`: answers while the process can; `/readyz`: 200 only once everything in the process has started, and while
 * PostgreSQL, and what else it needs, answers.
 */
export function healthRoutes(app: FastifyInstance, options: HealthOptions): void {
  const { database, startingWith, partStates, needs = [] } = options;
  app.get('/healthz', () => ({ status: 'live' }));
  app.get('/readyz', async () => {
    const starting = startingWith?.();
    if (starting !== undefined) throw new Problem('starting', `Cuebook is starting: ${starting}.`);
    await askStore(database);
    const away = partStates?.().find(({ part, up }) => !up && needs.includes(part));
    if (away) throw new Problem('part_unavailable', `${away.part} does not answer; the log says why.`);
    return { status: 'ready' };
  });
}

async function askStore(database: Database): Promise<void> {
  const stop = new AbortController();
  const late = sleep(READY_WITHIN_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`no answer within ${READY_WITHIN_MS} ms`);
  });
  try {
    await Promise.race([database.pool.query('SELECT 1 FROM clock'), late]);
  } catch (error) {
    throw new Problem('store_unavailable', `PostgreSQL is away: ${(error as Error).message}`);
  } finally {
    late.catch(() => undefined);
    stop.abort();
  }
}
