/** Hands over what is claimed, part by part, outside of any transaction, and writes the result at once (P4). */
import { completeMessage } from '../../store/journeys/messages.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Answered } from '../batch/run.ts';
import type { LeasedEffect } from './claim.ts';
import type { EffectCompleter, PartResult } from './effect-result.ts';
import { type CallOptions, handOverCall } from './hand-over-call.ts';
import { handOverMail, type MailOptions } from './hand-over-mail.ts';
import { handOverRequest, type RequestOptions } from './hand-over-request.ts';
import type { HandoverLanes } from './handover-slots.ts';
import type { Part } from './parts.ts';

export interface HandoverOptions extends MailOptions, RequestOptions, CallOptions {
  database: Database;
  leaseMs: number;
  completer: EffectCompleter;
  /** One for each effect from its claim until its result is written. */
  slots: HandoverLanes;
}

/** @throws what PostgreSQL threw where nothing could be written: the lease then runs out, and the provider is asked. */
export async function handOver(claim: LeasedEffect, options: HandoverOptions): Promise<Answered> {
  const { context, lease, pending, parts, before, now } = claim;
  const results: PartResult[] = [];
  for (const part of parts) {
    const result = await handOverPart(part, claim, options);
    // Of several each is written at once: a crash between them repeats none that is known.
    if (parts.length > 1) await noteOne(claim, result, options);
    results.push(result);
  }
  const answer = await options.completer.complete({ context, lease, pending, results: [...before, ...results] });
  return { id: context.id, answer: answer ?? { go: 'again', until: now }, lags: false };
}

function handOverPart(part: Part, claim: LeasedEffect, options: HandoverOptions): Promise<PartResult> {
  // In the second half of the lease another worker could find it over before the provider has answered.
  const isLate = () => performance.now() - claim.leasedSinceMs > options.leaseMs / 2;
  switch (part.kind) {
    case 'mail':
      return handOverMail(part, claim, { ...options, isLate });
    case 'request':
      return handOverRequest(part, { ...options, isLate, playbook: claim.context.row.playbook });
    case 'call':
      return handOverCall(part, { ...options, isLate, playbook: claim.context.row.playbook });
    case 'unreachable':
      throw new Error('a message to nobody is not claimed');
  }
}

async function noteOne(
  { lease }: LeasedEffect,
  { row, status, code }: PartResult,
  { database }: HandoverOptions,
): Promise<void> {
  if (row) await completeMessage(database.pool, lease, { id: row.id, status, error: code });
}
