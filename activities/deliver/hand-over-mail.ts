/** Renders a claimed mail and hands it to the provider, outside of any transaction (P4). */
import type { Logger } from 'pino';
import type { Instant, SubjectRef } from '../../language/model.ts';
import { isTooLong, renderTemplate, TextError } from '../../language/text.ts';
import { type Answering, sealAnswering } from '../../store/records/answer-token.ts';
import { sealToken } from '../../store/records/unsubscribe-token.ts';
import { faultOf } from '../carry-out.ts';
import type { DeliveryStatus } from '../mail/delivery-status.ts';
import type { Mail } from '../mail/mail.ts';
import type { Mailer } from '../mail/transport.ts';
import type { OutgoingMail } from './address.ts';
import type { LeasedEffect } from './claim.ts';
import type { PartResult } from './effect-result.ts';

export interface Links {
  /** Seals links. */
  secret: string;
  /** Where links in mails lead: `https://cuebook.example`. */
  publicUrl: string;
}

export interface MailOptions extends Links {
  mailer: Mailer;
  log: Logger;
  /** Whether the provider has taken a mail, by its Message-ID; absent where it cannot be asked. */
  ask?: ((mailId: string) => Promise<DeliveryStatus>) | undefined;
  /** Told of each refusal of the provider: a code, no address. */
  onRefused?: (refused: { message: string; playbook: string; code: string; permanent: boolean }) => void;
}

export async function handOverMail(
  outgoing: OutgoingMail,
  claim: Pick<LeasedEffect, 'now'>,
  options: MailOptions & { isLate(): boolean },
): Promise<PartResult> {
  const { row } = outgoing;
  const { mailer, log, isLate, ask } = options;
  const failed = (code: string, permanent = false): PartResult => ({ row, status: 'failed', code, permanent });
  const refused = (code: string): PartResult => ({ row, status: 'refused', code, permanent: true });
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
  if (isLate()) return failed('late');
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

/**
 * The mail as it goes to the provider.
 *
 * @throws TextError where the template cannot be rendered
 */
export async function mailOf(outgoing: OutgoingMail, links: Links, now: Instant): Promise<Mail> {
  const { row, to, zone, locale, content, sender } = outgoing;
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
  if ('text' in content) {
    const { subject, text, answering, about } = content;
    const below = [
      ...(about ? [`All about it:\n${pageLink(links, about)}`] : []),
      ...(answering ? [`${ANSWER_HERE[answering.kind]}\n${answerLink(links, answering)}`] : []),
    ];
    return { ...head, subject, text: below.length > 0 ? `${[text, ...below].join('\n\n')}\n` : text };
  }
  const { postalAddress } = sender;
  const rendered = await renderTemplate(
    content.template,
    content.scope,
    { zone, ...(locale !== undefined && { locale }) },
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
  return linkTo(links, `u/${sealToken(links.secret, message)}`);
}

/** Where a colleague answers what a mail asks for (S6, S12). */
export function answerLink(links: Links, answering: Answering): string {
  return linkTo(links, `a/${sealAnswering(links.secret, answering)}`);
}

/** A record's page in the app, for colleagues: it is read by who has signed in. */
function pageLink(links: Links, { type, id }: SubjectRef): string {
  return linkTo(links, `app/people/${type}/${encodeURIComponent(id)}`);
}

function linkTo({ publicUrl }: Links, path: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/${path}`;
}

const ANSWER_HERE = { task: 'Accept it, or say that it is done:', approval: 'Approve or refuse it:' };
