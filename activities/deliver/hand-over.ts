/** Renders claimed messages, hands them to the provider, outside of any transaction, and writes the result at once (P4). */
import type { Logger } from 'pino';
import type { Instant } from '../../language/model.ts';
import { isTooLong, renderTemplate, TextError } from '../../language/text.ts';
import { completeMessage } from '../../store/journeys/messages.ts';
import type { Database } from '../../store/postgres/database.ts';
import { sealToken } from '../../store/records/unsubscribe-token.ts';
import type { Answered } from '../batch/run.ts';
import { faultOf } from '../carry-out.ts';
import type { DeliveryStatus } from '../mail/delivery-status.ts';
import type { Mail } from '../mail/mail.ts';
import type { Mailer } from '../mail/transport.ts';
import type { OutgoingMail } from './address.ts';
import type { LeasedSend } from './claim.ts';
import type { HandoverSlots } from './handover-slots.ts';
import type { EffectCompleter, MessageResult } from './send-result.ts';

export interface Links {
  /** Seals unsubscribe links. */
  secret: string;
  /** Where links in mails lead: `https://cuebook.example`. */
  publicUrl: string;
}

export interface HandoverOptions extends Links {
  database: Database;
  mailer: Mailer;
  log: Logger;
  leaseMs: number;
  /** Whether the provider has taken a mail, by its Message-ID; absent where it cannot be asked. */
  ask?: ((mailId: string) => Promise<DeliveryStatus>) | undefined;
  completer: EffectCompleter;
  /** Told of each refusal of the provider: a code, no address. */
  onRefused?: (refused: { message: string; playbook: string; code: string; permanent: boolean }) => void;
  /** One for each effect from its claim until its result is written. */
  slots: HandoverSlots;
}

/** @throws what PostgreSQL threw where nothing could be written: the lease then runs out, and the provider is asked. */
export async function handOver(claim: LeasedSend, options: HandoverOptions): Promise<Answered> {
  const { context, lease, pending, mails, before, now } = claim;
  const results: MessageResult[] = [];
  for (const mail of mails) {
    const result = await handOverOne(mail, claim, options);
    // Of several each is written at once: a crash between them repeats none that is known.
    if (mails.length > 1) await noteOne(claim, result, options);
    results.push(result);
  }
  const answer = await options.completer.complete({ context, lease, pending, results: [...before, ...results] });
  return { id: context.id, answer: answer ?? { go: 'again', until: now }, lags: false };
}

async function handOverOne(
  outgoing: OutgoingMail,
  claim: LeasedSend,
  options: HandoverOptions,
): Promise<MessageResult> {
  const { row } = outgoing;
  const { mailer, log, leaseMs, ask } = options;
  const failed = (code: string, permanent = false): MessageResult => ({ row, status: 'failed', code, permanent });
  const refused = (code: string): MessageResult => ({ row, status: 'refused', code, permanent: true });
  let mail: Mail;
  try {
    mail = await mailOf(outgoing, options, claim.now);
  } catch (error) {
    log.error({ message: row.id, playbook: row.playbook, fault: faultOf(error) }, 'A mail cannot be rendered');
    // The reader's data made it too long, the template did not (S20).
    if (isTooLong(error)) return refused('text_too_long');
    return failed(error instanceof TextError ? error.code : 'internal', true);
  }
  if (mail.subject === '') {
    log.warn({ message: row.id, playbook: row.playbook }, 'A mail without a subject is not sent');
    return refused('no_subject');
  }
  // In the second half of the lease another worker could find it over before the provider has answered.
  if (performance.now() - claim.leasedSinceMs > leaseMs / 2) return failed('late');
  const handover = await mailer.send(mail);
  if (handover.status === 'refused') {
    const { code, permanent, recipient } = handover;
    options.onRefused?.({ message: row.id, playbook: row.playbook, code, permanent });
    return recipient ? { row, status: 'refused', code, permanent } : failed(code, permanent);
  }
  const known = handover.status === 'unknown' ? await ask?.(mail.messageId) : 'taken';
  if (known === 'not-taken') return failed('not-taken');
  if (known === 'taken') return { row, status: 'sent', code: null, permanent: false };
  return { row, status: 'unknown', code: handover.status === 'unknown' ? handover.code : null, permanent: false };
}

async function noteOne(
  { lease }: LeasedSend,
  { row, status, code }: MessageResult,
  { database }: HandoverOptions,
): Promise<void> {
  await completeMessage(database.pool, lease, { id: row.id, status, error: code });
}

/** @throws TextError where the template cannot be rendered */
async function mailOf(outgoing: OutgoingMail, links: Links, now: Instant): Promise<Mail> {
  const { row, to, zone, content, sender } = outgoing;
  const isMarketing = row.messageClass === 'marketing';
  const unsubscribeUrl =
    isMarketing && row.contactId !== null
      ? unsubscribeUrlOf(links, { contactId: row.contactId, messageId: row.id })
      : undefined;
  const head = {
    messageId: row.providerId!,
    from: { name: sender.name, address: sender.from },
    to,
    date: new Date(now),
    headers: {
      'X-Cuebook-Playbook': row.playbook,
      ...(!isMarketing && { 'Auto-Submitted': 'auto-generated' }),
    },
    ...(unsubscribeUrl !== undefined && { listUnsubscribe: { url: unsubscribeUrl } }),
  };
  if ('text' in content) return { ...head, ...content };
  const { postalAddress } = sender;
  const rendered = await renderTemplate(
    content.template,
    content.scope,
    { zone },
    {
      ...(unsubscribeUrl !== undefined && { unsubscribeUrl }),
      ...(isMarketing && postalAddress !== undefined && { postalAddress }),
    },
  );
  const { subject, html, text, from, replyTo } = rendered;
  return {
    ...head,
    subject,
    text,
    ...(html !== undefined && { html }),
    ...(from && { from }),
    ...(replyTo && { replyTo }),
  };
}

function unsubscribeUrlOf(links: Links, message: { contactId: string; messageId: string }): string {
  return `${links.publicUrl.replace(/\/+$/, '')}/u/${sealToken(links.secret, message)}`;
}
