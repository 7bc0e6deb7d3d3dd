/** What an effect's messages came to, the effect by that, and how both are written. */
import { emailSent } from '../../evaluation/system-events.ts';
import type { Instant, Json } from '../../language/model.ts';
import type { Outgoing, Recipient } from '../../steps/step.ts';
import { beginWriting } from '../../store/events/events.ts';
import { completeEffects, type EffectRow, type EffectStatus } from '../../store/journeys/effects.ts';
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
import type { Texts } from './address.ts';

/** What a claim keeps with its effect, so that a worker that goes on with it after a crash need not decide again. */
export interface PendingSend {
  /** The answer that the command has once its message is sent. */
  answer: Answer;
  context: { [name: string]: Json } | null;
  messageClass: Outgoing['messageClass'];
  /** Set where traits were written with the claim: a step that raises must not raise twice. */
  again?: { recipients: Recipient[]; texts: Texts };
}

export function pendingSendOf(effect: EffectRow | undefined): PendingSend | undefined {
  return (effect?.claim ?? undefined) as PendingSend | undefined;
}

export interface MessageResult {
  row: MessageRow;
  status: Extract<MessageStatus, 'sent' | 'failed' | 'unknown' | 'refused'>;
  /** A code; null where it was sent. */
  code: string | null;
  /** Of a failed one: it will not be taken later either. */
  permanent: boolean;
}

export interface EffectResult {
  status: EffectStatus;
  reason: string | null;
  answer: Answer;
  context: { [name: string]: Json } | null;
  /** Another try goes on with the claim. */
  triesAgain: boolean;
}

/** One message that can still be sent keeps the effect open; else it is done as soon as it has reached anyone. */
export function resultOf(pending: PendingSend, results: readonly MessageResult[], now: Instant): EffectResult {
  const { answer, context } = pending;
  // P4: a customer is not written to twice for the sake of an advertisement; what matters is rather sent twice than never.
  const resends = pending.messageClass !== 'marketing';
  const passing = results.find((r) => (r.status === 'failed' && !r.permanent) || (r.status === 'unknown' && resends));
  if (passing) return failed(passing, false, now);
  const unknown = results.find((r) => r.status === 'unknown');
  if (unknown) {
    return {
      status: 'unknown',
      reason: unknown.code,
      answer,
      context: { ...context, status: 'unknown' },
      triesAgain: false,
    };
  }
  if (results.some((r) => r.status === 'sent')) {
    return { status: 'done', reason: null, answer, context, triesAgain: false };
  }
  const permanent = results.find((r) => r.status === 'failed');
  if (permanent) return failed(permanent, true, now);
  // None of them can be written to: recorded, and no failure of the step.
  const reason = results[0]?.code ?? 'no_recipient';
  return { status: 'refused', reason, answer, context: { ...context, status: 'refused', reason }, triesAgain: false };
}

function failed({ status, code }: MessageResult, permanent: boolean, now: Instant): EffectResult {
  const reason = status === 'unknown' ? 'unknown' : (code ?? 'failed');
  const answer: Answer = { go: 'failed', code: reason, permanent, now };
  return { status: 'failed', reason, answer, context: null, triesAgain: !permanent };
}

/** What an effect's messages came to, and the effect by that. */
export interface CompletedEffect {
  results: readonly MessageResult[];
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
  for (const { row: message, status: after, code } of results) {
    const isNews = after === 'sent' && message.status !== 'sent';
    const sentAt = after === 'sent' ? (message.sentAt ?? now) : null;
    changes.messages.push({ ...message, status: after, sentAt, error: code });
    if (!isNews || message.contactId === null) continue;
    const { id, contactId, template } = message;
    changes.systemEvents.push({ enrolmentId: row.id, ...emailSent(row, command, { id, contactId, template }) });
  }
  recordAnswer(changes, context, answer, result.context ?? undefined);
  recordMove(changes, context, answer);
  if (status === 'done') return;
  const looked = { attempt: command.attempt, messages: results.map((r) => ({ status: r.status, code: r.code })) };
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
  pending: PendingSend;
  results: readonly MessageResult[];
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
      done.map(({ lease, result: { status, reason, triesAgain } }) => {
        return { ...lease, status, reason, keepClaim: triesAgain };
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
