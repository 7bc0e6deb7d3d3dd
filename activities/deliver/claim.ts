/**
 * Claims effects that leave the house, right before their handover (P4): one transaction that passes exit, goal and
 * gates, takes the place under the cap, and leases the effect. What a crash has left claimed is found here as well.
 */
import type { Logger } from 'pino';
import { effectIdOf } from '../../language/hash.ts';
import type { Instant, Json } from '../../language/model.ts';
import type { OutgoingMessage } from '../../steps/step.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { type DecidedStep, type Decision, decideBatch } from '../batch/decide-batch.ts';
import type { LoadedBatch } from '../batch/load.ts';
import { effectOf, recordStepDecision } from '../batch/record.ts';
import type { Answered } from '../batch/run.ts';
import { UnitOfWork } from '../batch/unit-of-work.ts';
import { erased, takeWithoutDecision } from '../carry-out.ts';
import type { DecisionContext } from '../facts/command-facts.ts';
import { textsOf } from './address.ts';
import { type CompletedEffect, type Lease, type PartResult, recordResult, resultOf } from './effect-result.ts';
import { knownOf, orphanedClaimOf, type Question, type Reply } from './orphaned-claim.ts';
import { type Part, partsOf } from './parts.ts';
import { type PendingEffect, pendingEffectOf } from './pending-effect.ts';

/** What is to be handed over once the claim is committed. */
export interface BegunEffect {
  context: CommandContext;
  pending: PendingEffect;
  parts: Part[];
  /** The results of its other parts, which are known already. */
  before: PartResult[];
}

/** An effect that is ours to hand over until its lease is over. */
export interface LeasedEffect extends BegunEffect {
  lease: Lease;
  /** By this process's own clock, before the lease began. */
  leasedSinceMs: number;
  now: Instant;
}

export interface LeasedEffects {
  answered: Answered[];
  claims: LeasedEffect[];
  questions: Question[];
}

export interface ClaimInput {
  settled: Instant;
  leaseMs: number;
  /** What the provider said, by enrolment. */
  replies: ReadonlyMap<string, Reply>;
  log: Logger;
}

export async function claim(client: Queryable, batch: LoadedBatch, input: ClaimInput): Promise<LeasedEffects> {
  const { settled, leaseMs, replies, log } = input;
  const leasedSinceMs = performance.now();
  const { now } = batch;
  const changes = new UnitOfWork();
  const answered: Answered[] = batch.gone.map(({ id }) => erased(id));
  const questions: Question[] = [];
  const free: CommandContext[] = [];
  for (const context of batch.contexts) {
    const { id } = context;
    const orphaned = orphanedClaimOf(context, replies.get(id), now);
    const waitsUntil = nextTryAt(context);
    if (waitsUntil !== undefined && waitsUntil > now) {
      answered.push({ id, answer: { go: 'again', until: waitsUntil }, lags: false });
    } else if (orphaned.kind === 'free') free.push(orphaned.context);
    else if (orphaned.kind === 'ask') questions.push(orphaned.question);
    else if (orphaned.kind === 'held') {
      answered.push({ id, answer: { go: 'again', until: now + orphaned.leftMs * batch.warp }, lags: false });
    } else answered.push(finishOrphaned(changes, context, { results: orphaned.results, result: orphaned.result, now }));
  }
  const begun: BegunEffect[] = [];
  for (const decision of await decideBatch(client, { ...batch, contexts: free }, settled, withParts)) {
    const taken =
      decision.kind === 'decided' && decision.parts
        ? begin(changes, decision, decision.parts, now)
        : withoutHandover(changes, decision, now, log);
    if ('parts' in taken) begun.push(taken);
    else answered.push(taken);
  }
  const leases = await changes.write(client, leaseMs);
  const claims = begun.map((one) => {
    const id = effectIdOf(one.context.id, one.context.command);
    return { ...one, lease: { id, lease: leases.get(id)! }, leasedSinceMs, now };
  });
  return { answered, claims, questions };
}

/** When an effect is tried again that its provider has refused for the time being (P5): this try may come too early. */
function nextTryAt({ effect }: CommandContext): Instant | undefined {
  return effect?.status === 'failed' ? pendingEffectOf(effect)?.wait?.nextAt : undefined;
}

/** What is to be handed over: addresses and templates read facts as well. */
function withParts(decided: DecidedStep, { people, now }: DecisionContext): DecidedStep {
  if (decided.decision.answer.go === 'end') return decided;
  const { context, facts } = decided;
  const pending = pendingEffectOf(context.effect);
  const whole = pending?.again ? sentAgain(decided, pending) : decided;
  const { outgoing } = whole.decision;
  if (!outgoing || !facts) return whole;
  return { ...whole, parts: partsOf({ context, outgoing, facts, people, now, texts: pending?.again?.texts }) };
}

/** What the first try has written with its claim stays; only its message is to be sent once more. */
function sentAgain(decided: DecidedStep, pending: PendingEffect): DecidedStep {
  const { answer } = decided.decision;
  const { messageClass, context } = pending;
  const { texts: _, ...again } = pending.again!;
  const outgoing: OutgoingMessage = { kind: 'message', channel: 'email', messageClass: messageClass!, ...again };
  const decision = {
    answer: answer.go === 'next' ? answer : pending.answer,
    outgoing,
    line: { detail: decided.context.effect!.detail as { [key: string]: Json } },
    ...(context && { context }),
  };
  return { ...decided, decision };
}

/** Claims the effect; answers at once where nothing is left to be handed over. */
function begin(changes: UnitOfWork, decided: DecidedStep, all: readonly Part[], now: Instant): BegunEffect | Answered {
  const { context, decision } = decided;
  const known = all.map((part) => resultBefore(context, part));
  const before = known.filter((result) => result !== undefined);
  const parts = all.filter((_, i) => known[i] === undefined);
  const pending = pendingOf(decided, all);
  recordStepDecision(changes, decided, now);
  const effect = effectOf(context, decision.line!, decision.answer);
  if (parts.length > 0) {
    changes.effects.push({ ...effect, status: 'claimed', reason: null, doneAt: null, claim: pending as never });
    changes.messages.push(...parts.flatMap((part) => ('row' in part ? [part.row] : [])));
    return { context, pending, parts, before };
  }
  const result = resultOf(pending, before, now);
  changes.effects.push({ ...effect, status: result.status, reason: result.reason, doneAt: now, claim: null });
  recordResult(changes, context, { results: before, result, now });
  return { id: context.id, answer: result.answer, lags: false };
}

/** What its claim keeps; what the first try has kept stays. */
function pendingOf({ context, decision }: DecidedStep, parts: readonly Part[]): PendingEffect {
  const { answer, context: left = null, writes = [] } = decision;
  const outgoing = decision.outgoing!;
  const { kind } = outgoing;
  const { wait, again } = pendingEffectOf(context.effect) ?? {};
  const pending: PendingEffect = { kind, answer, context: left, ...(wait && { wait }) };
  if (kind === 'call' && !outgoing.repeatable) return { ...pending, repeats: false };
  if (kind !== 'message') return pending;
  const { messageClass, onUnknown } = outgoing;
  const kept = again ?? (writes.length > 0 ? keptOf(outgoing, parts) : undefined);
  const repeats = onUnknown && { repeats: onUnknown === 'resend' };
  return { ...pending, messageClass, ...repeats, ...(kept && { again: kept }) };
}

/** What the mail says and leads to stays as it was at the first try. */
function keptOf(outgoing: OutgoingMessage, parts: readonly Part[]): PendingEffect['again'] & object {
  const { recipients = [], subject, asks, about } = outgoing;
  return {
    recipients,
    texts: textsOf(parts),
    ...(subject && { subject }),
    ...(asks && { asks }),
    ...(about && { about }),
  };
}

/** The result of a part that needs no handover: it was sent before, or cannot be sent. */
function resultBefore(context: CommandContext, part: Part): PartResult | undefined {
  if (!('row' in part)) return undefined;
  const row = context.messages.find((m) => m.id === part.row.id);
  if (row?.status === 'sent') return knownOf(row, new Map());
  if (part.kind !== 'unreachable') return undefined;
  return { row: part.row, status: 'refused', code: part.refused, permanent: true };
}

/** A crash left it, and it turns out to be over: the answer is what it would have been. */
function finishOrphaned(changes: UnitOfWork, context: CommandContext, completed: CompletedEffect): Answered {
  const { result, now } = completed;
  const { status, reason } = result;
  changes.effects.push({ ...context.effect!, status, reason, doneAt: now, claim: null });
  recordResult(changes, context, completed);
  return { id: context.id, answer: result.answer, lags: false };
}

/** Refused, held, ended, too early, or broken: there is nothing to hand over. */
function withoutHandover(changes: UnitOfWork, decision: Decision, now: Instant, log: Logger): Answered {
  const { context } = decision;
  if (decision.kind === 'known' || decision.kind === 'later' || decision.kind === 'halted')
    return takeWithoutDecision(changes, decision, now, log);
  let answered: Answered;
  if (decision.kind === 'decided') {
    recordStepDecision(changes, decision, now);
    answered = { id: context.id, answer: decision.decision.answer, lags: false };
  } else answered = takeWithoutDecision(changes, decision, now, log);
  const isWritten = changes.effects.some((effect) => effect.id === context.effect?.id);
  if (!isWritten) abandon(changes, context, answered.answer.go === 'end' ? 'ended' : 'internal', now);
  return answered;
}

/** An earlier try was not taken, and there is no other: an exit came, or it broke. What is unknown stays visible. */
function abandon(changes: UnitOfWork, { effect, messages }: CommandContext, reason: string, now: Instant): void {
  if (effect?.status !== 'failed' && effect?.status !== 'held') return;
  const isUnknown = messages.some((message) => message.status === 'unknown');
  changes.effects.push({ ...effect, status: isUnknown ? 'unknown' : 'refused', reason, doneAt: now, claim: null });
  for (const message of messages) {
    const stays = message.status === 'sent' || message.status === 'unknown';
    if (!stays) changes.messages.push({ ...message, status: 'refused', error: reason });
  }
}
