/** Makes a mail of a parcel: outside of any transaction, right before its handover. */
import type { Instant } from '../../language/model.ts';
import { renderTemplate } from '../../language/text.ts';
import { sealToken } from '../../store/records/unsubscribe-token.ts';
import type { Mail } from '../mail/mail.ts';
import type { OutgoingMail } from './address.ts';

export interface Links {
  secret: string;
  /** Where the product can be reached: `https://cuebook.example`. */
  publicUrl: string;
}

/** @throws TextError where the template cannot be rendered */
export async function mailOf(parcel: OutgoingMail, links: Links, now: Instant): Promise<Mail> {
  const { row, to, zone, content, sender } = parcel;
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

export function unsubscribeUrlOf(links: Links, whom: { contactId: string; messageId: string }): string {
  return `${links.publicUrl.replace(/\/+$/, '')}/u/${sealToken(links.secret, whom)}`;
}
