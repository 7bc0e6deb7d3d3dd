/** Carries out commands that stay in the database: one transaction for a whole list (architecture, decisions 5 and 9). */
import type { Logger } from 'pino';
import type { Instant } from '../language/model.ts';
import type { Database } from '../store/postgres/database.ts';
import type { CohortItem } from '../workflows/cohort/activities.ts';
import type { Answer } from '../workflows/journey/types.ts';
import { type Decision, decideBatch } from './batch/decide-batch.ts';
import { loadBatch } from './batch/load.ts';
import { recordAnswer, recordMove, recordStepDecision } from './batch/record.ts';
import { togetherOrAlone, withLocks } from './batch/run.ts';
import { UnitOfWork } from './batch/unit-of-work.ts';
import type { Answered } from './looks.ts';

export interface DecideOptions {
  database: Database;
  log: Logger;
}

export async function carryOut(
  options: DecideOptions,
  items: readonly CohortItem[],
  settled: Instant,
): Promise<Answered[]> {
  const { database, log } = options;
  return togetherOrAlone(
    items,
    (some) =>
      withLocks(database, async (client, also) => {
        const batch = await loadBatch(client, some, also);
        const decisions = await decideBatch(client, batch, settled);
        const changes = new UnitOfWork();
        const answered = decisions.map((decision) => take(changes, decision, batch.now, log));
        await changes.write(client, 0);
        return [...answered, ...batch.gone.map(({ id }) => erased(id))];
      }),
    (item, error) => broken(item, error, log),
  );
}

/** An enrolment that was erased has nothing left to do; its workflow knew it by id alone (decision 7). */
export function erased(id: string): Answered {
  return { id, answer: { go: 'ended', outcome: 'cancelled' }, lags: false };
}

/** What PostgreSQL would not take of one member. An ending must be written: it stays unanswered, and is asked again. */
export function broken({ id, command }: CohortItem, error: unknown, log: Logger): Answered[] {
  log.error({ enrolment: id, path: command.path, fault: faultOf(error) }, 'A journey cannot be carried on');
  if (command.name === 'finish') return [];
  return [{ id, answer: { go: 'failed', code: 'internal', permanent: true, now: command.at }, lags: false }];
}

function take(changes: UnitOfWork, decision: Decision, now: Instant, log: Logger): Answered {
  if (decision.kind !== 'verdict') return takeWithoutDecision(changes, decision, now, log);
  const { member, decision: verdict, brokenBy } = decision;
  const { id, command } = member;
  if (brokenBy !== undefined) {
    log.error({ enrolment: id, fault: faultOf(brokenBy) }, 'An ending is written without its value');
  }
  // A step that leaves the house is asked of `deliver`; here its message would be lost.
  if (verdict.outgoing) throw new Error(`the step at ${command.path} leaves the house, and was asked to stay in`);
  recordStepDecision(changes, member, decision, now);
  return { id, answer: verdict.answer, lags: false };
}

/** What was answered before, what is too early, and what breaks: a member whose decision throws fails alone. */
export function takeWithoutDecision(
  changes: UnitOfWork,
  decision: Exclude<Decision, { kind: 'verdict' }>,
  now: Instant,
  log: Logger,
): Answered {
  const { member } = decision;
  const { id, command } = member;
  if (decision.kind === 'known') return { id, answer: decision.answer, lags: false };
  if (decision.kind === 'later') {
    recordMove(changes, member, decision.answer);
    return { id, answer: decision.answer, lags: decision.lags };
  }
  log.error({ enrolment: id, path: command.path, fault: faultOf(decision.error) }, 'A step broke; its journey fails');
  const answer: Answer = { go: 'failed', code: 'internal', permanent: true, now };
  recordAnswer(changes, member, answer, undefined);
  recordMove(changes, member, answer);
  return { id, answer, lags: false };
}

/** An error as it may be logged: what and where, and nothing of whom it was about. Its message may name somebody. */
export function faultOf(error: unknown): { name: string; code?: string; at: string[] } {
  const { name, code, stack } = (error ?? {}) as { name?: unknown; code?: unknown; stack?: unknown };
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    name: typeof name === 'string' ? name : typeof error,
    ...(typeof code === 'string' && /^[\w-]{1,60}$/.test(code) && { code }),
    at: frames.slice(0, 10).map((line) => line.trim()),
  };
}
