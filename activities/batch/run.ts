/**
 * How a list of commands is carried out: in one transaction with the locks that it turns out to need, each command alone
 * where one of them breaks it, and again while the evaluator lags.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { Report } from '../../measurement/report.ts';
import type { Commit, Database, Queryable } from '../../store/postgres/database.ts';
import { isTransient, withRetries } from '../../store/postgres/retry.ts';
import type { Watermark } from '../../store/postgres/watermark.ts';
import type { CohortItem } from '../../workflows/cohort/types.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { ReportsNeeded, reportFor, reportKey } from '../facts/reports.ts';
import { type LoadedBatch, loadBatch, MoreLocks } from './load.ts';

export interface Answered {
  id: string;
  answer: Answer;
  /** The answer is `again`, because the evaluator has not come so far. */
  lags: boolean;
}

const MAX_TRIES = 4;
const TRY_EVERY_MS = 20;
const REACH_MS = 50;
/** Each round follows a record to another, contact, account, main contact, or has read figures. */
const MAX_ROUNDS = 8;
/** Deadlocks and lost connections pass; what lasts longer is Temporal's to retry. */
const RETRY_MS = 2_000;
const LIMITS = { timeoutMs: 5_000, totalMs: 20_000 };

/**
 * Tries a few times within one call: the evaluator is mostly a moment late, and another call costs more than that.
 *
 * @param run `settled`: every event received before it is committed and visible
 */
export async function repeatWhileLagging(
  watermark: Watermark,
  items: readonly CohortItem[],
  run: (items: readonly CohortItem[], settled: Instant) => Promise<Answered[]>,
): Promise<Answered[]> {
  const done: Answered[] = [];
  let left = items;
  for (let tries = 1; left.length > 0; tries++) {
    const answered = await run(left, await watermarkAfter(watermark, left));
    const isLast = tries === MAX_TRIES;
    done.push(...answered.filter((one) => isLast || !one.lags));
    if (isLast) break;
    const lagging = new Set(answered.flatMap((one) => (one.lags ? one.id : [])));
    left = left.filter(({ id }) => lagging.has(id));
    if (left.length > 0) await sleep(TRY_EVERY_MS);
  }
  return done;
}

async function watermarkAfter(watermark: Watermark, items: readonly CohortItem[]): Promise<Instant> {
  const at = Math.max(...items.map(({ command }) => command.at));
  const settled = await watermark.read();
  if (settled > at || !(await watermark.reach(at, REACH_MS))) return settled;
  return watermark.read();
}

/**
 * Runs items together; where PostgreSQL refuses what one of them writes, or one asks for more than there may be, each
 * alone.
 *
 * @param work may be called again: with more subjects locked, or after a failure that passed
 * @throws what concerns all items, such as a lost connection
 */
export async function runBatch<T>(
  database: Database,
  items: readonly CohortItem[],
  work: (client: Queryable, batch: LoadedBatch, commit: Commit) => Promise<T[]>,
  onBroken: (item: CohortItem, error: unknown) => T[],
): Promise<T[]> {
  try {
    return await runLocked(database, items, work);
  } catch (error) {
    if (!concernsOneItem(error)) throw error;
    if (items.length === 1) return onBroken(items[0]!, error);
  }
  const results: T[] = [];
  for (const item of items) results.push(...(await runBatch(database, [item], work, onBroken)));
  return results;
}

async function runLocked<T>(
  database: Database,
  items: readonly CohortItem[],
  work: (client: Queryable, batch: LoadedBatch, commit: Commit) => Promise<T>,
): Promise<T> {
  const also: SubjectRef[] = [];
  const reports = new Map<string, Report>();
  const inTransaction = () =>
    database.transaction(
      async (client, commit) => work(client, { ...(await loadBatch(client, items, also)), reports }, commit),
      LIMITS,
    );
  for (let round = 1; ; round++) {
    try {
      return await withRetries(inTransaction, { untilMs: RETRY_MS });
    } catch (error) {
      if (round === MAX_ROUNDS) throw error;
      if (error instanceof MoreLocks) also.push(...error.refs);
      else if (error instanceof ReportsNeeded) {
        for (const question of error.questions) reports.set(reportKey(question), await reportFor(database, question));
      } else throw error;
    }
  }
}

/** Data that PostgreSQL does not take, or an order that one item exceeds: not the database's state. */
export function concernsOneItem(error: unknown): boolean {
  if (isTransient(error)) return false;
  if (error instanceof RangeError) return true;
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^2[23]/.test(code);
}
