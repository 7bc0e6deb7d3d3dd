/** Carries out commands that stay in the database: one transaction for a whole list (architecture, decisions 5 and 9). */
import type { Logger } from 'pino';
import type { Instant } from '../language/model.ts';
import type { Database } from '../store/postgres/database.ts';
import type { CohortItem } from '../workflows/cohort/types.ts';
import type { Answer } from '../workflows/journey/types.ts';
import { type DecidedStep, type Decision, decideBatch } from './batch/decide-batch.ts';
import { recordAnswer, recordHalted, recordMove, recordStepDecision } from './batch/record.ts';
import { type Answered, runBatch } from './batch/run.ts';
import { UnitOfWork } from './batch/unit-of-work.ts';

export async function carryOut(
  { database, log }: { database: Database; log: Logger },
  items: readonly CohortItem[],
  settled: Instant,
): Promise<Answered[]> {
  return runBatch(
    database,
    items,
    async (client, batch, commit) => {
      const changes = new UnitOfWork();
      const answered = (await decideBatch(client, batch, settled)).map((decision) =>
        decision.kind === 'decided'
          ? takeDecided(changes, decision, batch.now, log)
          : takeWithoutDecision(changes, decision, batch.now, log),
      );
      await changes.write(client, 0, commit);
      return [...answered, ...batch.gone.map(({ id }) => erased(id))];
    },
    (item, error) => broken(item, error, log),
  );
}

/** An enrolment that was erased has nothing left to do; its workflow knew it by id alone (decision 7). */
export function erased(id: string): Answered {
  return { id, answer: { go: 'ended', outcome: 'cancelled' }, lags: false };
}

/** What PostgreSQL would not take of one command. An ending must be written: it stays unanswered, and comes again. */
export function broken({ id, command }: CohortItem, error: unknown, log: Logger): Answered[] {
  log.error({ enrolment: id, path: command.path, fault: faultOf(error) }, 'A journey cannot be carried on');
  if (command.name === 'finish') return [];
  return [{ id, answer: { go: 'failed', code: 'internal', permanent: true, now: command.at }, lags: false }];
}

function takeDecided(changes: UnitOfWork, decided: DecidedStep, now: Instant, log: Logger): Answered {
  const { context, decision, brokenBy } = decided;
  const { id, command } = context;
  if (brokenBy !== undefined) {
    log.error({ enrolment: id, fault: faultOf(brokenBy) }, 'An ending is written without its value');
  }
  // A command with an external effect is the activity `deliver`'s; here its message would be lost.
  if (decision.outgoing)
    throw new Error(`the step at ${command.path} leaves the house, and its command says that it stays`);
  recordStepDecision(changes, decided, now);
  return { id, answer: decision.answer, lags: false };
}

/** What was answered before, what is too early, and what breaks: a command whose decision throws fails alone. */
export function takeWithoutDecision(
  changes: UnitOfWork,
  decision: Exclude<Decision, DecidedStep>,
  now: Instant,
  log: Logger,
): Answered {
  const { context } = decision;
  const { id, command } = context;
  if (decision.kind === 'known') return { id, answer: decision.answer, lags: false };
  if (decision.kind === 'halted') {
    recordMove(changes, context, decision.answer);
    recordHalted(changes, context);
    return { id, answer: decision.answer, lags: false };
  }
  if (decision.kind === 'later') {
    recordMove(changes, context, decision.answer);
    return { id, answer: decision.answer, lags: decision.lags };
  }
  log.error({ enrolment: id, path: command.path, fault: faultOf(decision.error) }, 'A step broke; its journey fails');
  const answer: Answer = { go: 'failed', code: 'internal', permanent: true, now };
  recordAnswer(changes, context, answer, undefined);
  recordMove(changes, context, answer);
  return { id, answer, lags: false };
}

/** An error as it may be logged: what and where, without its message, which may name a person. */
export function faultOf(error: unknown): { name: string; code?: string; at: string[] } {
  const { name, code, stack } = (error ?? {}) as { name?: unknown; code?: unknown; stack?: unknown };
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    name: typeof name === 'string' ? name : typeof error,
    ...(typeof code === 'string' && /^[\w-]{1,60}$/.test(code) && { code }),
    at: frames.slice(0, 10).map((line) => line.trim()),
  };
}
