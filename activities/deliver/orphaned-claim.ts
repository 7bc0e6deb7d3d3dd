/** What a crash has left claimed: whether its lease still runs, what the provider says of it, and what follows. Pure. */

import { storedAnswer } from '../../evaluation/stored-answers.ts';
import type { Instant } from '../../language/model.ts';
import type { MessageRow } from '../../store/journeys/messages.ts';
import type { CohortItem } from '../../workflows/cohort/types.ts';
import type { OutcomeName } from '../../workflows/journey/types.ts';
import { type CommandContext, isOver } from '../batch/command-context.ts';
import type { DeliveryStatus } from '../mail/delivery-status.ts';
import { type EffectResult, type PartResult, resultOf } from './effect-result.ts';
import { isMessage, pendingEffectOf } from './pending-effect.ts';

/** The provider is to be asked first. */
export interface Question {
  item: CohortItem;
  /** Tells the claim that is asked about. */
  lease: Instant;
  /** Message-IDs. */
  mailIds: string[];
}

/** What the provider said of a claim, by Message-ID. */
export interface Reply {
  lease: Instant;
  asked: ReadonlyMap<string, DeliveryStatus>;
}

export type OrphanedClaim =
  /** Nothing is left, or what was is known not to have been sent: it may be claimed. */
  | { kind: 'free'; context: CommandContext }
  /** Its lease runs for so many real milliseconds. */
  | { kind: 'held'; leftMs: number }
  | { kind: 'ask'; question: Question }
  | { kind: 'over'; results: PartResult[]; result: EffectResult };

export function orphanedClaimOf(context: CommandContext, reply: Reply | undefined, now: Instant): OrphanedClaim {
  const { effect, id, command, messages } = context;
  const pending = pendingEffectOf(effect);
  if (effect?.status !== 'claimed' || effect.lease === null || !pending) return { kind: 'free', context };
  if (storedAnswer(context)) return { kind: 'free', context };
  if (effect.leaseLeftMs > 0) return { kind: 'held', leftMs: effect.leaseLeftMs };
  if (reply?.lease !== effect.lease) {
    const mailIds = messages.flatMap((m) => (m.status === 'claimed' && m.providerId !== null ? [m.providerId] : []));
    return { kind: 'ask', question: { item: { id, command }, lease: effect.lease, mailIds } };
  }
  const results: PartResult[] = isMessage(pending)
    ? messages.map((message) => knownOf(message, reply.asked))
    : [{ row: null, status: 'unknown', code: 'crash', permanent: false }];
  const result = resultOf(pending, results, now);
  if (result.claim === null) return { kind: 'over', results, result };
  if (isOver(context)) return { kind: 'over', results, result: endedBefore(context, results) };
  const resolved = results.flatMap(({ row, status, code }) => (row ? [{ ...row, status, error: code }] : []));
  return {
    kind: 'free',
    context: { ...context, messages: resolved, effect: { ...effect, status: 'failed', lease: null } },
  };
}

/** The journey has ended while it was claimed: there is no other try, and what is unknown is shown as that. */
function endedBefore({ row }: CommandContext, results: readonly PartResult[]): EffectResult {
  const answer = { go: 'ended' as const, outcome: row.outcome as OutcomeName };
  const unknown = results.find((result) => result.status === 'unknown');
  const [status, reason] = unknown ? (['unknown', unknown.code] as const) : (['refused', 'ended'] as const);
  return { status, reason, answer, context: null, claim: null };
}

/** What is known of a message that a crash, or an earlier try, has left. */
export function knownOf(row: MessageRow, asked: ReadonlyMap<string, DeliveryStatus>): PartResult {
  const known = (status: PartResult['status'], code: string | null): PartResult => {
    return { row, status, code, permanent: false };
  };
  if (row.status === 'sent' || row.status === 'refused' || row.status === 'unknown')
    return known(row.status, row.error);
  if (row.status !== 'claimed') return known('failed', row.error);
  const said = (row.providerId === null ? undefined : asked.get(row.providerId)) ?? 'cannot-ask';
  if (said === 'taken') return known('sent', null);
  return said === 'not-taken' ? known('failed', 'not-taken') : known('unknown', 'crash');
}
