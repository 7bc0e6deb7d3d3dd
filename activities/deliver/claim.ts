/**
 * Claims effects that leave the house, right before their handover (P4): one transaction that passes exit, goal and
 * gates, takes the place under the cap, and leases the effect. What a crash has left claimed is found here, too.
 */
import type { Logger } from 'pino';
import { effectIdOf } from '../../language/hash.ts';
import type { Instant, Json, SubjectRef } from '../../language/model.ts';
import type { Outgoing, StepDecision } from '../../steps/step.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { CohortItem } from '../../workflows/cohort/activities.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { answerCommand, type Decision, decideBatch } from '../batch/decide-batch.ts';
import { type LoadedBatch, loadBatch } from '../batch/load.ts';
import { UnitOfWork } from '../batch/unit-of-work.ts';
import { erased } from '../carry-out.ts';
import type { DecisionContext } from '../facts/of-member.ts';
import type { Answered } from '../looks.ts';
import { addressed } from './address.ts';
import { type BegunSend, begin, finish, withoutMessage } from './claim-record.ts';
import type { Lease } from './complete-effects.ts';
import { orphanedClaimOf, type Question, type Reply } from './orphaned-claim.ts';
import { type PendingSend, pendingSendOf } from './pending-send.ts';

/** An effect that is ours to hand over until its lease is over. */
export interface LeasedSend extends BegunSend {
  lease: Lease;
  /** Real time, of this process, before which its lease began. */
  leasedSinceMs: number;
  now: Instant;
}

export interface LeasedSends {
  answered: Answered[];
  claims: LeasedSend[];
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

export async function claim(client: Queryable, input: ClaimInput): Promise<LeasedSends> {
  const { items, also, settled, leaseMs, replies, log } = input;
  const leasedSinceMs = performance.now();
  const batch = await loadBatch(client, items, also);
  const { now } = batch;
  const changes = new UnitOfWork();
  const answered: Answered[] = batch.gone.map(({ id }) => erased(id));
  const questions: Question[] = [];
  const free: CommandContext[] = [];
  for (const member of batch.members) {
    const { id } = member;
    const leftover = orphanedClaimOf(member, replies.get(id), now);
    if (leftover.kind === 'free') free.push(leftover.member);
    else if (leftover.kind === 'ask') questions.push(leftover.question);
    else if (leftover.kind === 'held') {
      answered.push({ id, answer: { go: 'again', until: now + leftover.leftMs * batch.warp }, lags: false });
    } else answered.push(finish(changes, member, { results: leftover.results, result: leftover.result, now }));
  }
  const decisions = await decideBatch(client, { ...batch, members: free }, settled, decideAndAddress);
  const begun: BegunSend[] = [];
  for (const decision of decisions) {
    const addressed = decision.kind === 'verdict' ? decision.addressed : undefined;
    const taken =
      decision.kind === 'verdict' && addressed
        ? begin(changes, decision, addressed, now)
        : withoutMessage(changes, decision, now, log);
    if ('parcels' in taken) begun.push(taken);
    else answered.push(taken);
  }
  const leases = await changes.write(client, leaseMs);
  const claims = begun.map((one) => {
    const id = effectIdOf(one.member.id, one.member.command);
    return { ...one, lease: { id, lease: leases.get(id)! }, leasedSinceMs, now };
  });
  return { answered, claims, questions };
}

/** Decides, and addresses what is to be sent: templates read facts as well. */
function decideAndAddress(
  member: CommandContext,
  around: DecisionContext,
  batch: LoadedBatch,
  settled: Instant,
): Decision {
  const made = answerCommand(member, around, batch, settled);
  if (made.kind !== 'verdict' || made.decision.answer.go === 'end') return made;
  const form = pendingSendOf(member.effect);
  const verdict = form?.again ? goneOnWith(member, form, made.decision) : made.decision;
  const { outgoing } = verdict;
  if (!outgoing || !made.facts) return { ...made, decision: verdict };
  const texts = form?.again?.texts;
  const messages = addressed({ member, outgoing, facts: made.facts, people: around.people, now: batch.now, texts });
  return { ...made, decision: verdict, addressed: messages };
}

/** What the first try has written with its claim stays; only its message is to be sent once more. */
function goneOnWith({ effect }: CommandContext, form: PendingSend, made: StepDecision): StepDecision {
  const outgoing: Outgoing = { channel: 'email', messageClass: form.messageClass, recipients: form.again!.recipients };
  return {
    answer: made.answer.go === 'next' ? made.answer : form.answer,
    outgoing,
    line: { detail: effect!.detail as { [key: string]: Json } },
    ...(form.context && { context: form.context }),
  };
}
