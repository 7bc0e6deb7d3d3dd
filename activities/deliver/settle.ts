/** Writes what came of a handover, at once and in one transaction (P4). */
import type { Instant } from '../../language/model.ts';
import { now as readNow } from '../../store/clock.ts';
import type { Database } from '../../store/database.ts';
import { settleEffect } from '../../store/effects.ts';
import { beginWriting } from '../../store/events.ts';
import { withRetries } from '../../store/retry.ts';
import type { Answer } from '../../workflows/journey/types.ts';
import { Changes } from '../batch/changes.ts';
import { stampOf } from '../batch/effect.ts';
import type { Member } from '../batch/member.ts';
import { describe, recordAnswer, recordMove } from '../batch/record.ts';
import type { ClaimForm } from './claim-form.ts';
import { type EffectResult, type MessageResult, resultOf } from './outcome.ts';

/** The effect's id, and what tells this claim from others. */
export interface Lease {
  id: string;
  lease: Instant;
}

/** As long as this the database may be away; after that the lease runs out, and whoever comes next asks the provider. */
const RETRY_MS = 5_000;

/** @returns undefined where the claim was no longer ours: its lease was over, and somebody else goes on with it. */
export async function settle(
  database: Database,
  member: Member,
  lease: Lease,
  form: ClaimForm,
  results: readonly MessageResult[],
): Promise<Answer | undefined> {
  const write = () =>
    database.transaction(async (client) => {
      const writesAt = await beginWriting(client);
      const result = resultOf(form, results, writesAt);
      const { status, reason, triesAgain } = result;
      const isOurs = await settleEffect(client, lease, { status, reason, doneAt: writesAt, keepClaim: triesAgain });
      if (!isOurs) return undefined;
      const changes = new Changes();
      recordResult(changes, member, results, result, await readNow(client));
      await changes.write(client, 0);
      return result.answer;
    });
  return withRetries(write, { untilMs: RETRY_MS });
}

/** Everything but the effect's own row. */
export function recordResult(
  changes: Changes,
  member: Member,
  results: readonly MessageResult[],
  { answer, context, status, reason }: EffectResult,
  now: Instant,
): void {
  const { row, command } = member;
  for (const { row: message, status: came, code } of results) {
    const isNews = came === 'sent' && message.status !== 'sent';
    const sentAt = came === 'sent' ? (message.sentAt ?? now) : null;
    changes.messages.push({ ...message, status: came, sentAt, error: code });
    if (!isNews || message.contactId === null) continue;
    changes.own.push({
      enrolmentId: row.id,
      name: 'email.sent',
      subjects: [{ type: 'contact', id: message.contactId }],
      properties: { ...stampOf(member), template: message.template, message: message.id },
      messageId: `email.sent:${message.id}`,
    });
  }
  recordAnswer(changes, member, answer, context ?? undefined);
  recordMove(changes, member, answer);
  if (status === 'done') return;
  changes.decisions.push({
    playbook: row.playbook,
    enrolmentId: row.id,
    subject: row.subject,
    path: command.path,
    kind: 'effect',
    verdict: answer.go === 'failed' ? describe(answer) : `${status}: ${reason}`,
    looked: { attempt: command.attempt, messages: results.map((r) => ({ status: r.status, code: r.code })) },
    at: command.at,
  });
}
