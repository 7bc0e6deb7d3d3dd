/**
 * Claims effects that leave the house, right before their handover (P4): one transaction that passes exit, goal and
 * gates, takes the place under the cap, and leases the effect. What a crash has left claimed is found here, too.
 */
import type { Logger } from 'pino';
import type { Instant, SubjectRef } from '../../language/model.ts';
import type { Queryable } from '../../store/database.ts';
import type { CohortItem } from '../../workflows/cohort/activities.ts';
import type { Outgoing, Verdict } from '../../workflows/step.ts';
import { Changes } from '../batch/changes.ts';
import { type DecidedVerdict, type Decision, decideBatch, decideMember } from '../batch/decide.ts';
import { type LoadedBatch, loadBatch } from '../batch/load.ts';
import type { Member } from '../batch/member.ts';
import { effectIdOf, effectOf, recordVerdict } from '../batch/record.ts';
import { erased, takeWithoutVerdict } from '../decide.ts';
import type { Surroundings } from '../facts/of-member.ts';
import type { Answered } from '../looks.ts';
import { addressed, textsOf } from './address.ts';
import { type ClaimForm, claimOf } from './claim-form.ts';
import { knownOf, leftoverOf, type Question, type Reply } from './leftover.ts';
import { type EffectResult, type MessageResult, resultOf } from './outcome.ts';
import type { Parcel, Unreachable } from './parcel.ts';
import { type Lease, recordResult } from './settle.ts';

/** An effect that is ours to hand over until its lease is over. */
export interface Claim {
  member: Member;
  lease: Lease;
  form: ClaimForm;
  parcels: Parcel[];
  /** Of its other messages, what came of them before. */
  before: MessageResult[];
  /** Real time, of this process, before which its lease began. */
  leasedSinceMs: number;
  now: Instant;
}

export interface Claimed {
  answered: Answered[];
  claims: Claim[];
  questions: Question[];
}

export interface ClaimInput {
  items: readonly CohortItem[];
  also: readonly SubjectRef[];
  settled: Instant;
  leaseMs: number;
  /** What the provider said, by enrolment. */
  replies: ReadonlyMap<string, Reply>;
  log: Logger;
}

export async function claim(client: Queryable, input: ClaimInput): Promise<Claimed> {
  const { items, also, settled, leaseMs, replies, log } = input;
  const leasedSinceMs = performance.now();
  const batch = await loadBatch(client, items, also);
  const { now } = batch;
  const changes = new Changes();
  const answered: Answered[] = batch.gone.map(({ id }) => erased(id));
  const questions: Question[] = [];
  const free: Member[] = [];
  for (const member of batch.members) {
    const { id } = member;
    const leftover = leftoverOf(member, replies.get(id), now);
    if (leftover.kind === 'free') free.push(leftover.member);
    else if (leftover.kind === 'ask') questions.push(leftover.question);
    else if (leftover.kind === 'held') {
      answered.push({ id, answer: { go: 'again', until: now + leftover.leftMs * batch.warp }, lags: false });
    } else answered.push(finish(changes, member, leftover.results, leftover.result, now));
  }
  const decisions = await decideBatch(client, { ...batch, members: free }, settled, decideAndAddress);
  const begun: Omit<Claim, 'lease' | 'leasedSinceMs' | 'now'>[] = [];
  for (const decision of decisions) {
    if (decision.kind === 'verdict' && decision.addressed)
      begin(changes, decision, decision.addressed, now, begun, answered);
    else answered.push(withoutMessage(changes, decision, now, log));
  }
  const leases = await changes.write(client, leaseMs);
  const claims = begun.map((one) => {
    const id = effectIdOf(one.member.id, one.member.command);
    return { ...one, lease: { id, lease: leases.get(id)! }, leasedSinceMs, now };
  });
  return { answered, claims, questions };
}

/** Decides, and addresses what is to be sent: templates read facts as well. */
function decideAndAddress(member: Member, around: Surroundings, batch: LoadedBatch, settled: Instant): Decision {
  const made = decideMember(member, around, batch, settled);
  if (made.kind !== 'verdict' || made.verdict.answer.go === 'end') return made;
  const form = claimOf(member.effect);
  const verdict = form?.again ? goneOnWith(member, form, made.verdict) : made.verdict;
  const { outgoing } = verdict;
  if (!outgoing || !made.facts) return { ...made, verdict };
  const texts = form?.again?.texts;
  const messages = addressed({ member, outgoing, facts: made.facts, people: around.people, now: batch.now, texts });
  return { ...made, verdict, addressed: messages };
}

/** What the first try has written with its claim stays; only its message is to be sent once more. */
function goneOnWith({ effect }: Member, form: ClaimForm, made: Verdict): Verdict {
  const outgoing: Outgoing = { channel: 'email', messageClass: form.messageClass, recipients: form.again!.recipients };
  return {
    answer: made.answer.go === 'next' ? made.answer : form.answer,
    outgoing,
    lines: [{ kind: effect!.kind as 'escalate', detail: effect!.detail as { [key: string]: string } }],
    ...(form.context && { context: form.context }),
  };
}

function begin(
  changes: Changes,
  decision: DecidedVerdict & { member: Member },
  messages: readonly (Parcel | Unreachable)[],
  now: Instant,
  begun: Omit<Claim, 'lease' | 'leasedSinceMs' | 'now'>[],
  answered: Answered[],
): void {
  const { member, verdict } = decision;
  const outgoing = verdict.outgoing!;
  const before = messages.flatMap((message) => cameBefore(member, message));
  const parcels = messages.filter((m): m is Parcel => 'to' in m && !before.some((b) => b.row.id === m.row.id));
  const form = formOf(verdict, outgoing, messages, claimOf(member.effect));
  recordVerdict(changes, member, decision, now);
  const line = verdict.lines![0]!;
  const effect = { ...effectOf(member, line, verdict.answer), reason: null, doneAt: null };
  if (parcels.length === 0) {
    const result = resultOf(form, before, now);
    changes.effects.push({ ...effect, status: result.status, reason: result.reason, doneAt: now, claim: null });
    recordResult(changes, member, before, result, now);
    answered.push({ id: member.id, answer: result.answer, lags: false });
    return;
  }
  changes.effects.push({ ...effect, status: 'claimed', claim: form as never });
  changes.messages.push(...parcels.map((parcel) => parcel.row));
  begun.push({ member, form, parcels, before });
}

/** A message that needs no handover: somebody has it already, or cannot be written to. */
function cameBefore(member: Member, message: Parcel | Unreachable): MessageResult[] {
  const row = member.messages.find((m) => m.id === message.row.id);
  if (row?.status === 'sent') return [knownOf(row, new Map())];
  if ('refused' in message) return [{ row: message.row, status: 'refused', code: message.refused, permanent: true }];
  return [];
}

function formOf(
  { answer, context, writes }: Verdict,
  { messageClass, recipients }: Outgoing,
  messages: readonly (Parcel | Unreachable)[],
  kept: ClaimForm | undefined,
): ClaimForm {
  const again =
    kept?.again ?? ((writes ?? []).length > 0 ? { recipients: recipients ?? [], texts: textsOf(messages) } : undefined);
  return { answer, context: context ?? null, messageClass, ...(again && { again }) };
}

/** A crash left it, and it turns out to be over: the answer is what it would have been. */
function finish(
  changes: Changes,
  member: Member,
  results: readonly MessageResult[],
  result: EffectResult,
  now: Instant,
): Answered {
  const { status, reason } = result;
  changes.effects.push({ ...member.effect!, status, reason, doneAt: now, claim: null });
  recordResult(changes, member, results, result, now);
  return { id: member.id, answer: result.answer, lags: false };
}

function withoutMessage(changes: Changes, decision: Decision, now: Instant, log: Logger): Answered {
  const { member } = decision;
  const isOpen = decision.kind === 'later' || decision.kind === 'known';
  const answered =
    decision.kind === 'verdict'
      ? { id: member.id, answer: decision.verdict.answer, lags: false }
      : takeWithoutVerdict(changes, decision, now, log);
  if (decision.kind === 'verdict') recordVerdict(changes, member, decision, now);
  const isWritten = changes.effects.some((effect) => effect.id === member.effect?.id);
  if (!isOpen && !isWritten) abandon(changes, member, decision, now);
  return answered;
}

/** An earlier try of it was not taken, and there is no other: an exit came, or it broke. What is unknown stays visible. */
function abandon(changes: Changes, { effect, messages }: Member, decision: Decision, now: Instant): void {
  if (effect?.status !== 'failed' && effect?.status !== 'held') return;
  const reason = decision.kind === 'verdict' && decision.verdict.answer.go === 'end' ? 'ended' : 'internal';
  const isUnknown = messages.some((message) => message.status === 'unknown');
  changes.effects.push({ ...effect, status: isUnknown ? 'unknown' : 'refused', reason, doneAt: now, claim: null });
  for (const message of messages) {
    const stays = message.status === 'sent' || message.status === 'unknown';
    if (!stays) changes.messages.push({ ...message, status: 'refused', error: reason });
  }
}
