/** Decides the members of a loaded batch, one after the other, as often as it takes to have every fact at hand. */
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { backoff } from '../../language/time/backoff.ts';
import { decideCommand } from '../../steps/decide-command.ts';
import type { Facts, StepDecision } from '../../steps/step.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { Answer, OutcomeName } from '../../workflows/journey/types.ts';
import type { OutgoingMail, Unreachable } from '../deliver/address.ts';
import { endingSeen, goalMet } from '../facts/endings.ts';
import { FactLoaders } from '../facts/fact-loaders.ts';
import { type DecisionContext, loadFacts } from '../facts/of-member.ts';
import { BatchReservations } from './batch-reservations.ts';
import { type CommandContext, storedAnswer } from './command-context.ts';
import { type LoadedBatch, MoreLocks } from './load.ts';

export type Decision = { member: CommandContext } & (
  | { kind: 'known'; answer: Answer }
  /** Not yet. `lags`: the evaluator is about to come so far. */
  | { kind: 'later'; answer: Answer; lags: boolean }
  | DecidedStep
  | { kind: 'broken'; error: unknown }
);

export interface DecidedStep {
  kind: 'verdict';
  decision: StepDecision;
  /** The contact whom the gates were asked about. */
  contactId: string | undefined;
  facts: Facts | undefined;
  goal: { event: string | null; at: Instant } | undefined;
  /** Its messages, where it has any and somebody has addressed them. */
  addressed?: (OutgoingMail | Unreachable)[];
  /** Facts of an ending threw: it ends without them, for nothing else could end it. */
  brokenBy?: unknown;
}

/** Real milliseconds until a command that came too early is tried again. */
const retryMsAfter = backoff({ firstMs: 20, maxMs: 1_280 });
/** Effects of a halted playbook are held until an operator resumes it (N6). */
const HALTED_LOOK_MS = 5_000;
/** Values of a condition that a decision's record keeps. */
const MAX_VALUES = 30;

/**
 * @param settled see `hasPassed`
 * @param decide what decides one member, where it is not `answerCommand` itself
 * @throws MoreLocks when a decision turned out to be about a subject that is not locked
 */
export async function decideBatch(
  client: Queryable,
  batch: LoadedBatch,
  settled: Instant,
  decide: typeof answerCommand = answerCommand,
): Promise<Decision[]> {
  const { settings, people } = batch.context;
  const { now, unconsumed } = batch;
  const shelves = new FactLoaders(now);
  let missing: SubjectRef[] = [];
  const decisions = await shelves.settle(client, () => {
    const around = { shelves, ledger: new BatchReservations(), people, settings, unconsumed, now };
    missing = [];
    return batch.members.map((member) => {
      const decision = safely(member, () => decide(member, around, batch, settled));
      missing.push(...subjectsOf(decision).filter((ref) => !batch.locked.has(subjectKey(ref))));
      if (decision.kind === 'verdict') around.ledger.take(member.row, decision.decision, now);
      return decision;
    });
  });
  if (missing.length > 0) throw new MoreLocks(missing);
  return decisions;
}

/** Decides one command; asks for facts that may not be there yet. */
export function answerCommand(
  member: CommandContext,
  around: DecisionContext,
  batch: LoadedBatch,
  settled: Instant,
): Decision {
  const { command, row } = member;
  const { now, warp } = batch;
  const known = storedAnswer(member);
  if (known) return { member, kind: 'known', answer: known };
  if (isOver(member)) return { member, kind: 'known', answer: { go: 'ended', outcome: row.outcome as OutcomeName } };
  const later = (until: Instant, lags = false): Decision => {
    return { member, kind: 'later', answer: { go: 'again', until }, lags };
  };
  // A timer may be early.
  if (command.at > now) return later(command.at);
  if (command.name === 'do' && row.halted) return later(now + HALTED_LOOK_MS * warp);
  const { facts, reader, tooMany, asked } = loadFacts(member, around);
  const isChecked = command.name === 'finish' || (command.name === 'do' && command.path.startsWith('steps'));
  const seen = isChecked ? endingSeen(member, reader, around.shelves) : undefined;
  const isStopped = seen !== undefined && command.name === 'do';
  if (!isStopped && mustWait(member) && !hasPassed(member, settled)) {
    return later(now + retryMsAfter(command.attempt) * warp, true);
  }
  const goal = command.name === 'finish' ? goalMet(member, reader, around.shelves) : undefined;
  const verdict = decideCommand({ command, facts, seen, goalValue: goal?.value });
  const looked = isStopped ? { seen: seen.ending.outcome, event: seen.ending.event ?? null } : undefined;
  const whole = withTooMany(looked ? { ...verdict, evaluated: looked } : withValues(verdict, member, facts), tooMany);
  return { member, kind: 'verdict', decision: whole, contactId: asked(), facts, goal };
}

/** Its ending is written; only the steps of a goal that was met behind it still run (G1). */
export function isOver({ row, command }: CommandContext): boolean {
  const isConversion = row.goalAt !== null && row.outcome !== 'converted' && command.path.startsWith('on_goal');
  return row.outcome !== null && !isConversion;
}

/** What a condition read, beside what it came to: "why" is answered as of that moment (V5). */
function withValues(verdict: StepDecision, { command, version }: CommandContext, facts: Facts): StepDecision {
  const step = version.playbook.steps[command.path];
  const isCondition = command.name === 'choose' || command.name === 'round' || step?.if !== undefined;
  if (!step || !isCondition || !verdict.evaluated || step.reads.length === 0) return verdict;
  const values = Object.fromEntries(step.reads.slice(0, MAX_VALUES).map((path) => [path, facts.path(path) ?? null]));
  return { ...verdict, evaluated: { ...(verdict.evaluated as { [name: string]: Json }), values } };
}

/** A list that is too long to be read decides nothing; operators see that beside the decision. */
function withTooMany(verdict: StepDecision, tooMany: ReadonlySet<string>): StepDecision {
  if (tooMany.size === 0) return verdict;
  return {
    ...verdict,
    evaluated: { ...(verdict.evaluated as { [name: string]: Json } | undefined), not_read: [...tooMany] },
  };
}

/** A member whose decision throws fails alone; the others go on. */
function safely(member: CommandContext, decide: () => Decision): Decision {
  try {
    return decide();
  } catch (error) {
    const { command, row } = member;
    if (command.name !== 'finish') return { member, kind: 'broken', error };
    // All that the ending itself needs of the facts.
    const facts = { enrolment: row } as unknown as Facts;
    const verdict = decideCommand({ command, facts, seen: undefined, goalValue: undefined });
    return {
      member,
      kind: 'verdict',
      decision: verdict,
      contactId: undefined,
      facts: undefined,
      goal: undefined,
      brokenBy: error,
    };
  }
}

/** Whose places it takes, and whose traits it writes: these must be locked. */
function subjectsOf(decision: Decision): SubjectRef[] {
  if (decision.kind !== 'verdict') return [];
  const { contactId, decision: verdict } = decision;
  const written = (verdict.writes ?? []).flatMap((w) => (w.write === 'traits' ? [{ type: w.type, id: w.id }] : []));
  return [...(contactId === undefined ? [] : [{ type: 'contact' as const, id: contactId }]), ...written];
}

/** Decisions, waits and the ending read; an effect does where its condition, texts or values name something. */
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
