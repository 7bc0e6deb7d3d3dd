/** What an effect's messages came to, the effect by that, and how both are written. */
import { emailSent } from '../../evaluation/system-events.ts';
import type { Instant, Json } from '../../language/model.ts';
import { redeliver } from '../../steps/redelivery.ts';
import { beginWriting } from '../../store/events/events.ts';
import { completeEffects, type EffectStatus } from '../../store/journeys/effects.ts';
import type { MessageRow, MessageStatus } from '../../store/journeys/messages.ts';
import { now as readNow } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type GroupCommit, groupCommit } from '../../store/postgres/group-commit.ts';
import { withRetries } from '../../store/postgres/retry.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { recordAnswer, recordDecision, recordMove } from '../batch/record.ts';
import { concernsOneItem } from '../batch/run.ts';
import { UnitOfWork } from '../batch/unit-of-work.ts';
import { type PendingEffect, pendingEffectOf } from './pending-effect.ts';

/** What one part of an effect came to. */
export interface PartResult {
  /** Of a message; null for other parts. */
  row: MessageRow | null;
  status: Extract<MessageStatus, 'sent' | 'failed' | 'unknown' | 'refused'>;
  /** A code; null where it was sent. */
  code: string | null;
  /** Of a failed one: it will not be taken later either. */
  permanent: boolean;
  /** Of a failed one: it counts as a failed attempt of S18, in place of waiting (P5). */
  isAttempt?: true;
  /** What came back of it, as later steps see it (S10, S17). */
  context?: { [name: string]: Json };
}

export interface EffectResult {
  status: EffectStatus;
  reason: string | null;
  answer: Answer;
  context: { [name: string]: Json } | null;
  /** What another try goes on with; null where there is none. */
  claim: PendingEffect | null;
}

/** One part that can still be handed over keeps the effect open; else it is done as soon as it has reached anyone. */
export function resultOf(pending: PendingEffect, results: readonly PartResult[], now: Instant): EffectResult {
  const { answer, messageClass } = pending;
  const left = Object.assign({}, ...results.map((result) => result.context));
  const context = pending.context === null && Object.keys(left).length === 0 ? null : { ...pending.context, ...left };
  const over = { answer, context, claim: null };
  // P4: a customer is not written to twice for the sake of an advertisement; what matters is rather sent twice than never.
  const resends = pending.repeats ?? messageClass !== 'marketing';
  const attempt = results.find((r) => r.status === 'failed' && r.isAttempt);
  if (attempt) return failed(attempt.code ?? 'failed', pending, now);
  const waiting = results.find((r) => r.status === 'failed' && !r.permanent);
  if (waiting) return waitingResult(pending, waiting, now);
  const unknown = results.find((r) => r.status === 'unknown');
  if (unknown && resends) return failed('unknown', pending, now);
  if (unknown) {
    return { ...over, status: 'unknown', reason: unknown.code, context: { ...context, status: 'unknown' } };
  }
  if (results.some((r) => r.status === 'sent')) return { ...over, status: 'done', reason: null };
  const permanent = results.find((r) => r.status === 'failed');
  if (permanent) return failed(permanent.code ?? 'failed', null, now);
  // None of them can be written to: recorded, and no failure of the step.
  return refused({ answer, context }, results[0]?.code ?? 'no_recipient');
}

/** The provider does not take it for the time being (P5). */
function waitingResult(pending: PendingEffect, { code }: PartResult, now: Instant): EffectResult {
  const reason = code ?? 'failed';
  const redelivery = redeliver({ ...pending, code: reason, now });
  if ('wait' in redelivery) {
    const { wait } = redelivery;
    const answer: Answer = { go: 'again', until: wait.nextAt };
    return { status: 'failed', reason, answer, context: null, claim: { ...pending, wait } };
  }
  return redelivery.over === 'failed' ? failed(reason, null, now) : refused(pending, redelivery.over);
}

function refused({ answer, context }: Pick<PendingEffect, 'answer' | 'context'>, reason: string): EffectResult {
  return { status: 'refused', reason, answer, context: { ...context, status: 'refused', reason }, claim: null };
}

/** @param claim what another try goes on with; null where it would not help */
function failed(code: string, claim: PendingEffect | null, now: Instant): EffectResult {
  const answer: Answer = { go: 'failed', code, permanent: claim === null, now };
  return { status: 'failed', reason: code, answer, context: null, claim };
}

/** What an effect's messages came to, and the effect by that. */
export interface CompletedEffect {
  results: readonly PartResult[];
  result: EffectResult;
  now: Instant;
}

/** All but the effect's own row: messages, `email.sent`, the answer, and why it failed. */
export function recordResult(
  changes: UnitOfWork,
  context: CommandContext,
  { results, result, now }: CompletedEffect,
): void {
  const { answer, status, reason } = result;
  const { row, command } = context;
  const before = pendingEffectOf(context.effect)?.wait;
  for (const { row: message, code, ...one } of results) {
    // What waited for its provider until it was of no use is refused as the effect is.
    if (!message) continue;
    const isDropped = status === 'refused' && one.status === 'failed';
    const after = isDropped ? 'refused' : one.status;
    const isNews = after === 'sent' && message.status !== 'sent';
    const sentAt = after === 'sent' ? (message.sentAt ?? now) : null;
    changes.messages.push({ ...message, status: after, sentAt, error: isDropped ? reason : code });
    if (!isNews || message.contactId === null) continue;
    const { id, contactId, template } = message;
    changes.systemEvents.push({ enrolmentId: row.id, ...emailSent(row, command, { id, contactId, template }) });
  }
  recordAnswer(changes, context, answer, result.context ?? undefined);
  recordMove(changes, context, answer);
  // A message that waits is told when it begins to, and when its reason changes: not at each of a hundred tries.
  const isTold = result.claim?.wait !== undefined && before?.code === result.claim.wait.code;
  if (status === 'done' || isTold) return;
  const looked = { attempt: command.attempt, parts: results.map((r) => ({ status: r.status, code: r.code })) };
  recordDecision(changes, context, { kind: 'effect', verdict: `${status}: ${reason}`, looked });
}

/** The effect's id, and what tells this claim from others. */
export interface Lease {
  id: string;
  lease: Instant;
}

export interface Completion {
  context: CommandContext;
  lease: Lease;
  pending: PendingEffect;
  results: readonly PartResult[];
}

/** So long the database may be away; after that the lease runs out, and the next worker asks the provider. */
const RETRY_MS = 5_000;
const MAX_GROUP = 100;

/** Writes the results of hand-overs at once (P4), by group commit. */
export class EffectCompleter {
  readonly #commits: GroupCommit<Completion, Answer | undefined>;

  constructor(database: Database) {
    this.#commits = groupCommit({
      take: (waiting) => waiting.splice(0, MAX_GROUP),
      commit: async (group) => {
        const answers = await withRetries(() => write(database, group), { untilMs: RETRY_MS });
        return group.map(({ lease }) => answers.get(lease.id));
      },
      isOneItems: concernsOneItem,
    });
  }

  /**
   * @returns undefined where the claim was no longer ours: its lease was over, and another worker goes on with it.
   * @throws what PostgreSQL threw when it could not be written
   */
  complete(completion: Completion): Promise<Answer | undefined> {
    return this.#commits.add(completion);
  }
}

/** Answers by the effect's id; claims that were no longer ours are left out. */
async function write(database: Database, completions: readonly Completion[]): Promise<Map<string, Answer>> {
  return database.transaction(async (client) => {
    const writesAt = await beginWriting(client);
    const done = completions.map((one) => ({ ...one, result: resultOf(one.pending, one.results, writesAt) }));
    const ours = await completeEffects(
      client,
      done.map(({ lease, result: { status, reason, claim } }) => {
        return { ...lease, status, reason, claim: claim as Json | null };
      }),
      writesAt,
    );
    const changes = new UnitOfWork();
    const now = await readNow(client);
    const answers = new Map<string, Answer>();
    for (const { context, lease, results, result } of done) {
      if (!ours.has(lease.id)) continue;
      recordResult(changes, context, { results, result, now });
      answers.set(lease.id, result.answer);
    }
    await changes.write(client, 0);
    return answers;
  });
}
