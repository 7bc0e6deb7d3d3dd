/** Whether this process lives, and whether it can take events. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../../store/postgres/database.ts';
import { Problem } from '../problems.ts';

/** PostgreSQL has this long to answer. */
const READY_WITHIN_MS = 2_000;

/**
 * `/healthz`: answers while the process can; `/readyz`: 200 only once everything in the process has started, and while
 * PostgreSQL answers.
 */
export function healthRoutes(app: FastifyInstance, database: Database, startingWith?: () => string | undefined): void {
  app.get('/healthz', () => ({ status: 'live' }));
  app.get('/readyz', async () => {
    const starting = startingWith?.();
    if (starting !== undefined) throw new Problem('starting', `Cuebook is starting: ${starting}.`);
    const stop = new AbortController();
    const late = sleep(READY_WITHIN_MS, undefined, { signal: stop.signal }).then(() => {
      throw new Error(`no answer within ${READY_WITHIN_MS} ms`);
    });
    try {
      await Promise.race([database.pool.query('SELECT 1 FROM clock'), late]);
      return { status: 'ready' };
    } catch (error) {
      throw new Problem('store_unavailable', `PostgreSQL is away: ${(error as Error).message}`);
    } finally {
      late.catch(() => undefined);
      stop.abort();
    }
  });
}
