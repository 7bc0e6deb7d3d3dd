/** A checked mail in nodemailer's words. Names are quoted and encoded there, by RFC 5322 and RFC 2047. */
import type { Address } from '../../language/template/mail/address.ts';
import { type CheckedMail, unsubscribeHeader } from './mail.ts';

export function compose(mail: CheckedMail) {
  return {
    messageId: mail.messageId,
    from: party(mail.from),
    to: party(mail.to),
    ...(mail.replyTo ? { replyTo: party(mail.replyTo) } : {}),
    // The envelope has bare addresses; the mail itself has names as well.
    envelope: { from: mail.from.address, to: [mail.to.address] },
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    ...(mail.date ? { date: mail.date } : {}),
    headers: { ...mail.headers, ...listHeaders(mail) },
    xMailer: false as const,
  };
}

function party(address: Address): { name: string; address: string } {
  return { name: address.name ?? '', address: address.address };
}

function listHeaders(mail: CheckedMail) {
  const value = mail.listUnsubscribe && unsubscribeHeader(mail.listUnsubscribe);
  if (value === undefined) return {};
  return {
    // Folding would break a long URL.
    'List-Unsubscribe': { prepared: true, foldLines: false, value },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}
