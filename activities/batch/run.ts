/** Runs batches in transactions: with the locks that turn out to be needed, and so that one member breaks no other. */
import type pg from 'pg';
import type { SubjectRef } from '../../language/model.ts';
import type { Database } from '../../store/postgres/database.ts';
import { isTransient, withRetries } from '../../store/postgres/retry.ts';
import type { CohortItem } from '../../workflows/cohort/activities.ts';
import { MoreLocks } from './load.ts';

/** Each round follows a record to another: contact, account, main contact. */
const MAX_LOCK_ROUNDS = 6;
/** Deadlocks and lost connections pass; what lasts longer is Temporal's to retry. */
const RETRY_MS = 2_000;
const LIMITS = { timeoutMs: 5_000, totalMs: 20_000 };

/** @param work may be called again: with more subjects to lock, or after a failure that passed */
export async function withLocks<T>(
  database: Database,
  work: (client: pg.PoolClient, also: readonly SubjectRef[]) => Promise<T>,
): Promise<T> {
  const also: SubjectRef[] = [];
  for (let round = 1; ; round++) {
    try {
      return await withRetries(() => database.transaction((client) => work(client, also), LIMITS), {
        untilMs: RETRY_MS,
      });
    } catch (error) {
      if (!(error instanceof MoreLocks) || round === MAX_LOCK_ROUNDS) throw error;
      also.push(...error.refs);
    }
  }
}

/**
 * Runs items together; where PostgreSQL refuses what one of them writes, or one asks for more than there may be, each
 * alone. What concerns everybody is thrown.
 */
export async function togetherOrAlone<T>(
  items: readonly CohortItem[],
  run: (items: readonly CohortItem[]) => Promise<T[]>,
  onBroken: (item: CohortItem, error: unknown) => T[],
): Promise<T[]> {
  try {
    return await run(items);
  } catch (error) {
    if (!isMembersOwn(error)) throw error;
    if (items.length === 1) return onBroken(items[0]!, error);
  }
  const results: T[] = [];
  for (const item of items) results.push(...(await togetherOrAlone([item], run, onBroken)));
  return results;
}

/** Data that PostgreSQL does not take, or an order that one member exceeds: not the database's state, nor everybody's. */
export function isMembersOwn(error: unknown): boolean {
  if (isTransient(error)) return false;
  if (error instanceof RangeError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^2[23]/.test(code);
}
