/** What a message's result leaves beside its effect's own row: messages, `email.sent`, the answer, and why it failed. */
import { emailSent } from '../../evaluation/system-events.ts';
import type { Instant } from '../../language/model.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { describe, recordAnswer, recordMove } from '../batch/record.ts';
import type { UnitOfWork } from '../batch/unit-of-work.ts';
import type { EffectResult, MessageResult } from './outcome.ts';

/** What an effect's messages came to, and the effect by that. */
export interface CompletedEffect {
  results: readonly MessageResult[];
  result: EffectResult;
  now: Instant;
}

export function recordResult(
  changes: UnitOfWork,
  member: CommandContext,
  { results, result, now }: CompletedEffect,
): void {
  const { answer, context, status, reason } = result;
  const { row, command } = member;
  for (const { row: message, status: came, code } of results) {
    const isNews = came === 'sent' && message.status !== 'sent';
    const sentAt = came === 'sent' ? (message.sentAt ?? now) : null;
    changes.messages.push({ ...message, status: came, sentAt, error: code });
    if (!isNews || message.contactId === null) continue;
    const { id, contactId, template } = message;
    changes.systemEvents.push({ enrolmentId: row.id, ...emailSent(row, command, { id, contactId, template }) });
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
