/** Hands claimed messages to the provider, outside of any transaction, and writes at once what came of it (P4). */
import type { Logger } from 'pino';
import { TextError } from '../../language/text.ts';
import { completeMessage } from '../../store/journeys/messages.ts';
import type { Database } from '../../store/postgres/database.ts';
import { faultOf } from '../carry-out.ts';
import type { Answered } from '../looks.ts';
import type { DeliveryStatus } from '../mail/delivery-status.ts';
import type { Handover } from '../mail/handover.ts';
import type { Mailer } from '../mail/transport.ts';
import type { OutgoingMail } from './address.ts';
import type { LeasedSend } from './claim.ts';
import type { EffectCompleter } from './complete-effects.ts';
import type { MessageResult } from './outcome.ts';
import { type Links, mailOf } from './render.ts';

export interface HandoverOptions extends Links {
  database: Database;
  mailer: Mailer;
  log: Logger;
  leaseMs: number;
  /** Whether the provider has taken a mail, by its Message-ID; absent where it cannot be asked. */
  ask?: ((mailId: string) => Promise<DeliveryStatus>) | undefined;
  completer: EffectCompleter;
  /** Bounds handovers under way at once. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** @throws what PostgreSQL threw where nothing could be written: the lease then runs out, and the provider is asked. */
export async function handOver(claim: LeasedSend, options: HandoverOptions): Promise<Answered> {
  const { member, lease, form, parcels, before, now } = claim;
  const results = await Promise.all(
    parcels.map((parcel) =>
      options.inTurn(async () => {
        const result = await handOverOne(parcel, claim, options);
        // Of several each is written at once: a crash among them repeats none that is known.
        if (parcels.length > 1) await noteOne(claim, result, options);
        return result;
      }),
    ),
  );
  const answer = await options.completer.complete({ member, lease, form, results: [...before, ...results] });
  return { id: member.id, answer: answer ?? { go: 'again', until: now }, lags: false };
}

async function handOverOne(parcel: OutgoingMail, claim: LeasedSend, options: HandoverOptions): Promise<MessageResult> {
  const { row } = parcel;
  const { mailer, log, leaseMs, ask } = options;
  let mail: Awaited<ReturnType<typeof mailOf>>;
  try {
    mail = await mailOf(parcel, options, claim.now);
  } catch (error) {
    const code = error instanceof TextError ? error.code : 'internal';
    log.error({ message: row.id, playbook: row.playbook, fault: faultOf(error) }, 'A mail cannot be rendered');
    return { row, status: 'failed', code, permanent: true };
  }
  // In the second half of the lease somebody else could find it over before the provider has answered.
  if (performance.now() - claim.leasedSinceMs > leaseMs / 2)
    return { row, status: 'failed', code: 'late', permanent: false };
  const handover = await mailer.send(mail);
  if (handover.status !== 'unknown' || !ask) return resultOf(parcel, handover);
  const said = await ask(mail.messageId);
  if (said === 'taken') return { row, status: 'sent', code: null, permanent: false };
  if (said === 'not-taken') return { row, status: 'failed', code: 'not-taken', permanent: false };
  return resultOf(parcel, handover);
}

function resultOf({ row }: OutgoingMail, handover: Handover): MessageResult {
  if (handover.status === 'sent') return { row, status: 'sent', code: null, permanent: false };
  if (handover.status === 'unknown') return { row, status: 'unknown', code: handover.code, permanent: false };
  return { row, status: 'failed', code: handover.code, permanent: handover.permanent };
}

async function noteOne(
  { lease }: LeasedSend,
  { row, status, code }: MessageResult,
  { database }: HandoverOptions,
): Promise<void> {
  await completeMessage(database.pool, lease, { id: row.id, status, error: code });
}
