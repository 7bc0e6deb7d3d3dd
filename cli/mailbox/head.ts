/** The head of a mail: what the list shows, and under what name it is kept. */
import { createHash } from 'node:crypto';
import { type AddressObject, type HeaderValue, simpleParser } from 'mailparser';
import { mailboxIdOf } from '../../activities/mail/delivery-status.ts';

export interface MailHead {
  from: string;
  to: string;
  subject: string;
  /** From `X-Cuebook-Playbook`. */
  playbook?: string;
  messageId?: string;
  /** The mail's own `Date`. */
  date?: Date;
}

/** The id under which a mail is kept: of its Message-ID, else of its bytes. */
export function idOfMail(raw: Buffer): string {
  const unfolded = headSection(raw)
    .toString('latin1')
    .replace(/\r?\n[ \t]+/g, ' ');
  const messageId = /^message-id:\s*(<[^>\r\n]+>)/im.exec(unfolded)?.[1];
  return messageId === undefined ? createHash('sha256').update(raw).digest('hex').slice(0, 32) : mailboxIdOf(messageId);
}

/** Reads the head of a mail from its first bytes. */
export async function parseHead(start: Buffer): Promise<MailHead> {
  const parsed = await simpleParser(headSection(start));
  const playbook = textOf(parsed.headers.get('x-cuebook-playbook'));
  return {
    from: addressText(parsed.from),
    to: addressText(parsed.to),
    subject: parsed.subject ?? '',
    ...(playbook ? { playbook } : {}),
    ...(parsed.messageId ? { messageId: parsed.messageId } : {}),
    ...(parsed.date ? { date: parsed.date } : {}),
  };
}

function headSection(raw: Buffer): Buffer {
  const crlf = raw.indexOf('\r\n\r\n');
  const end = crlf >= 0 ? crlf + 4 : raw.indexOf('\n\n') + 2;
  return end > 1 ? raw.subarray(0, end) : raw;
}

function addressText(address: AddressObject | AddressObject[] | undefined): string {
  const all = address === undefined ? [] : Array.isArray(address) ? address : [address];
  const parties = all.flatMap((one) => one.value);
  return parties.map(({ name, address = '' }) => (name ? `${name} <${address}>` : address)).join(', ');
}

function textOf(value: HeaderValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
