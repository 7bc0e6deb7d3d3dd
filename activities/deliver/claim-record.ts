/** What a claim's transaction writes of each effect: claimed, over without a handover, or given up. */
import type { Logger } from 'pino';
import type { Instant } from '../../language/model.ts';
import type { Outgoing, StepDecision } from '../../steps/step.ts';
import type { CommandContext } from '../batch/command-context.ts';
import type { DecidedStep, Decision } from '../batch/decide-batch.ts';
import { recordStepDecision } from '../batch/record.ts';
import { effectOf } from '../batch/record-effect.ts';
import type { UnitOfWork } from '../batch/unit-of-work.ts';
import { takeWithoutDecision } from '../carry-out.ts';
import type { Answered } from '../looks.ts';
import type { OutgoingMail, Unreachable } from './address.ts';
import { textsOf } from './address.ts';
import { knownOf } from './orphaned-claim.ts';
import { type MessageResult, resultOf } from './outcome.ts';
import { type PendingSend, pendingSendOf } from './pending-send.ts';
import { type CompletedEffect, recordResult } from './record-result.ts';

/** What is to be handed over once the claim is committed. */
export interface BegunSend {
  member: CommandContext;
  form: PendingSend;
  parcels: OutgoingMail[];
  /** Of its other messages, what came of them before. */
  before: MessageResult[];
}

/** Claims the effect; answers at once where nobody is left to be written to. */
export function begin(
  changes: UnitOfWork,
  decision: DecidedStep & { member: CommandContext },
  messages: readonly (OutgoingMail | Unreachable)[],
  now: Instant,
): BegunSend | Answered {
  const { member, decision: verdict } = decision;
  const before = messages.flatMap((message) => cameBefore(member, message));
  const parcels = messages.filter((m): m is OutgoingMail => 'to' in m && !before.some((b) => b.row.id === m.row.id));
  const form = formOf(verdict, verdict.outgoing!, messages, pendingSendOf(member.effect));
  recordStepDecision(changes, member, decision, now);
  const effect = { ...effectOf(member, verdict.line!, verdict.answer), reason: null, doneAt: null };
  if (parcels.length > 0) {
    changes.effects.push({ ...effect, status: 'claimed', claim: form as never });
    changes.messages.push(...parcels.map((parcel) => parcel.row));
    return { member, form, parcels, before };
  }
  const result = resultOf(form, before, now);
  changes.effects.push({ ...effect, status: result.status, reason: result.reason, doneAt: now, claim: null });
  recordResult(changes, member, { results: before, result, now });
  return { id: member.id, answer: result.answer, lags: false };
}

/** A message that needs no handover: somebody has it already, or cannot be written to. */
function cameBefore(member: CommandContext, message: OutgoingMail | Unreachable): MessageResult[] {
  const row = member.messages.find((m) => m.id === message.row.id);
  if (row?.status === 'sent') return [knownOf(row, new Map())];
  if ('refused' in message) return [{ row: message.row, status: 'refused', code: message.refused, permanent: true }];
  return [];
}

function formOf(
  { answer, context, writes }: StepDecision,
  { messageClass, recipients }: Outgoing,
  messages: readonly (OutgoingMail | Unreachable)[],
  kept: PendingSend | undefined,
): PendingSend {
  const again =
    kept?.again ?? ((writes ?? []).length > 0 ? { recipients: recipients ?? [], texts: textsOf(messages) } : undefined);
  return { answer, context: context ?? null, messageClass, ...(again && { again }) };
}

/** A crash left it, and it turns out to be over: the answer is what it would have been. */
export function finish(changes: UnitOfWork, member: CommandContext, completed: CompletedEffect): Answered {
  const { result, now } = completed;
  const { status, reason } = result;
  changes.effects.push({ ...member.effect!, status, reason, doneAt: now, claim: null });
  recordResult(changes, member, completed);
  return { id: member.id, answer: result.answer, lags: false };
}

/** Refused, held, ended, too early, or broken: there is nothing to hand over. */
export function withoutMessage(changes: UnitOfWork, decision: Decision, now: Instant, log: Logger): Answered {
  const { member } = decision;
  const isOpen = decision.kind === 'later' || decision.kind === 'known';
  const answered =
    decision.kind === 'verdict'
      ? { id: member.id, answer: decision.decision.answer, lags: false }
      : takeWithoutDecision(changes, decision, now, log);
  if (decision.kind === 'verdict') recordStepDecision(changes, member, decision, now);
  const isWritten = changes.effects.some((effect) => effect.id === member.effect?.id);
  if (!isOpen && !isWritten) abandon(changes, member, decision, now);
  return answered;
}

/** An earlier try of it was not taken, and there is no other: an exit came, or it broke. What is unknown stays visible. */
function abandon(changes: UnitOfWork, { effect, messages }: CommandContext, decision: Decision, now: Instant): void {
  if (effect?.status !== 'failed' && effect?.status !== 'held') return;
  const reason = decision.kind === 'verdict' && decision.decision.answer.go === 'end' ? 'ended' : 'internal';
  const isUnknown = messages.some((message) => message.status === 'unknown');
  changes.effects.push({ ...effect, status: isUnknown ? 'unknown' : 'refused', reason, doneAt: now, claim: null });
  for (const message of messages) {
    const stays = message.status === 'sent' || message.status === 'unknown';
    if (!stays) changes.messages.push({ ...message, status: 'refused', error: reason });
  }
}
