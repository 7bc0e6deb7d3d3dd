/** Decides the commands of a loaded batch, one after the other, as often as it takes to have every fact at hand. */

import { storedAnswer } from '../../evaluation/stored-answers.ts';
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { backoff } from '../../language/time/backoff.ts';
import { decideCommand, momentOf } from '../../steps/decide-command.ts';
import type { Facts, StepDecision } from '../../steps/step.ts';
import { withValues } from '../../steps/told.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Answer, OutcomeName } from '../../workflows/journey/types.ts';
import type { Part } from '../deliver/parts.ts';
import { BatchReservations, type DecisionContext, loadFacts } from '../facts/command-facts.ts';
import { type DecidedGoal, endingSeen, goalMet } from '../facts/endings.ts';
import { FactLoaders } from '../facts/fact-loaders.ts';
import { type CommandContext, isOver } from './command-context.ts';
import { type LoadedBatch, MoreLocks } from './load.ts';

export type Decision =
  | DecidedStep
  | { kind: 'known'; context: CommandContext; answer: Answer }
  /** Not yet. `lags`: the evaluator is about to come so far. */
  | { kind: 'later'; context: CommandContext; answer: Answer; lags: boolean }
  /** Held until the playbook is resumed (N6). */
  | { kind: 'halted'; context: CommandContext; answer: Answer }
  | { kind: 'broken'; context: CommandContext; error: unknown };

export interface DecidedStep {
  kind: 'decided';
  context: CommandContext;
  decision: StepDecision;
  /** The contact that the gates were asked about. */
  contactId?: string | undefined;
  facts?: Facts;
  goal?: Omit<DecidedGoal, 'value'> | undefined;
  /** What of it is handed over, where something is. */
  parts?: Part[];
  /** The facts of an ending threw: it ends without them, for nothing else could end it. */
  brokenBy?: unknown;
}

/** Real milliseconds until a command that came too early is tried again. */
const retryMsAfter = backoff({ firstMs: 20, maxMs: 1_280 });
/** A resume wakes what a halt holds; so much later it looks by itself, in real time or in that of a clock that is stepped. */
const HALTED_RETRY_MS = 15 * 60_000;

/**
 * @param settled every event received before it was committed before the transaction's first read
 * @param complete adds to a decision what needs facts as well; it may be called again
 * @throws MoreLocks when a decision turned out to be about a subject that is not locked; ReportsNeeded when it reads figures
 *   that the batch has not brought along
 */
export async function decideBatch(
  client: Queryable,
  batch: LoadedBatch,
  settled: Instant,
  complete: (decided: DecidedStep, around: DecisionContext) => DecidedStep = (decided) => decided,
): Promise<Decision[]> {
  const { deployed, halted, unconsumed, now, warp, locked, reports } = batch;
  const loaders = new FactLoaders(now, reports);
  let missing: SubjectRef[] = [];
  const decisions = await loaders.loadUntilDecided(client, () => {
    const reservations = new BatchReservations();
    const around: DecisionContext = { ...deployed, loaders, reservations, unconsumed, now, warp, settled };
    missing = [];
    return batch.contexts.map((context) => {
      let decision: Decision;
      try {
        decision = answerCommand(context, around, halted);
        if (decision.kind === 'decided') decision = complete(decision, around);
      } catch (error) {
        decision = brokenDecision(context, error, loaders);
      }
      if (decision.kind !== 'decided') return decision;
      missing.push(...subjectsOf(decision).filter((ref) => !locked.has(subjectKey(ref))));
      reservations.take(context.row, decision.decision, momentOf(context.command, now));
      return decision;
    });
  });
  if (missing.length > 0) throw new MoreLocks(missing);
  return decisions;
}

/** Decides one command; asks for facts that may not be there yet. */
function answerCommand(context: CommandContext, around: DecisionContext, halted: ReadonlySet<string>): Decision {
  const { command, row } = context;
  const { now, warp, loaders, settled } = around;
  const stored: Answer | undefined =
    storedAnswer(context) ?? (isOver(context) ? { go: 'ended', outcome: row.outcome as OutcomeName } : undefined);
  if (stored) return { kind: 'known', context, answer: stored };
  const later = (until: Instant, lags = false): Decision => {
    return { kind: 'later', context, answer: { go: 'again', until }, lags };
  };
  // A timer may be early.
  if (command.at > now) return later(command.at);
  const { facts, reader, tooMany, gatedContact } = loadFacts(context, around);
  const isChecked = command.name === 'finish' || (command.name === 'do' && command.path.startsWith('steps'));
  const seen = isChecked ? endingSeen(context, reader, loaders) : undefined;
  const isStopped = seen !== undefined && command.name === 'do';
  if (!isStopped && command.name === 'do' && halted.has(row.playbook)) {
    return { kind: 'halted', context, answer: { go: 'again', until: now + HALTED_RETRY_MS * (warp || 1) } };
  }
  if (!isStopped && mustWait(context) && !hasPassed(context, settled)) {
    return later(now + retryMsAfter(command.attempt) * warp, true);
  }
  const goal = command.name === 'finish' ? goalMet(context, reader, loaders) : undefined;
  const decided = decideCommand({ command, facts, seen, goalValue: goal?.value });
  const decision: StepDecision = isStopped
    ? { ...decided, evaluated: { seen: seen.ending.outcome, event: seen.ending.event ?? null } }
    : withValues(decided, command, context.version.playbook.steps[command.path], facts);
  return {
    kind: 'decided',
    context,
    decision: withTooMany(decision, tooMany),
    contactId: gatedContact(),
    facts,
    goal,
  };
}

/** A command whose decision throws fails alone; an ending is decided without facts. */
function brokenDecision(context: CommandContext, error: unknown, loaders: FactLoaders): Decision {
  const { command, row } = context;
  if (command.name !== 'finish') return { kind: 'broken', context, error };
  // All that the ending itself needs of the facts.
  const ownTasks = () => loaders.ownTasks(row.id);
  const facts = { enrolment: row, version: context.version, ownTasks } as unknown as Facts;
  const decision = decideCommand({ command, facts, seen: undefined, goalValue: undefined });
  return { kind: 'decided', context, decision, brokenBy: error };
}

/** A list that is too long to be read decides nothing; operators see that with the decision. */
function withTooMany(decision: StepDecision, tooMany: ReadonlySet<string>): StepDecision {
  if (tooMany.size === 0) return decision;
  return {
    ...decision,
    evaluated: { ...(decision.evaluated as { [name: string]: Json } | undefined), not_read: [...tooMany] },
  };
}

/** The contact whose places it takes, and the records that it writes: these must be locked. */
function subjectsOf({ contactId, decision }: DecidedStep): SubjectRef[] {
  const written = (decision.writes ?? []).flatMap((w) => (w.write === 'traits' ? [{ type: w.type, id: w.id }] : []));
  return [...(contactId === undefined ? [] : [{ type: 'contact' as const, id: contactId }]), ...written];
}

/** Whether the evaluator must have come so far: an effect whose condition, texts and values read nothing need not wait. */
function mustWait({ command, version }: CommandContext): boolean {
  if (command.name !== 'do') return true;
  const step = version.playbook.steps[command.path];
  return step !== undefined && (step.if !== undefined || step.reads.length > 0 || step.counts.length > 0);
}

/**
 * True when the evaluator has passed the journey's instant for the subject: nothing from up to then is on its way, waits
 * to be consumed, or is due.
 *
 * @param settled every event received before it was committed before the transaction's first read
 */
function hasPassed({ command, unconsumed }: CommandContext, settled: Instant): boolean {
  if (settled <= command.at) return false;
  if (unconsumed.dueAt !== null && unconsumed.dueAt <= command.at) return false;
  return unconsumed.events.every((event) => event.at > command.at);
}
