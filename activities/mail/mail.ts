/** A mail as it is handed to a provider, and the check that it passes before. */
import { createHash } from 'node:crypto';
import { type Address, cleanName, parseBareAddress } from '../../language/template/mail/address.ts';

export interface Mail {
  /** `<…@…>`, from `messageIdOf`. */
  messageId: string;
  from: Address;
  to: Address;
  replyTo?: Address;
  subject: string;
  html?: string;
  text: string;
  /** The instant in its head; now when left out. */
  date?: Date;
  /** `X-…`, `Auto-Submitted`, `Precedence` or `Feedback-ID`; other headers are written by the product. */
  headers?: { [name: string]: string };
  /** Marketing (P3). With `url` the mail can be unsubscribed from by one click (RFC 8058). */
  listUnsubscribe?: { url: string; mailto?: string };
}

/** A mail that cannot inject a header or reach anyone but its recipient. Only `checkMail` makes one. */
export interface CheckedMail extends Mail {
  readonly checked: true;
}

const MESSAGE_ID = /^<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>$/;
const HEADER_NAME = /^(X-[A-Za-z0-9-]{1,60}|Auto-Submitted|Precedence|Feedback-ID)$/i;
const MAX_HEADER_CHARS = 900;
/** With `List-Unsubscribe: <` and `>` a line of at most 998. */
const MAX_URL_CHARS = 970;
const MAX_SUBJECT_CHARS = 900;

/**
 * Parses a mail into one that may be sent, or names by a code what is wrong: `bad-message-id`, `bad-from`, `bad-to`,
 * `bad-reply-to`, `bad-subject`, `bad-header`, `bad-unsubscribe`. The codes hold no address.
 */
export function checkMail(mail: Mail): CheckedMail | { fault: string } {
  if (!MESSAGE_ID.test(mail.messageId)) return { fault: 'bad-message-id' };
  const from = checkAddress(mail.from);
  if (!from) return { fault: 'bad-from' };
  const to = checkAddress(mail.to);
  if (!to) return { fault: 'bad-to' };
  const replyTo = mail.replyTo && checkAddress(mail.replyTo);
  if (mail.replyTo && !replyTo) return { fault: 'bad-reply-to' };
  if (!isLine(mail.subject, MAX_SUBJECT_CHARS)) return { fault: 'bad-subject' };
  for (const [name, value] of Object.entries(mail.headers ?? {})) {
    if (!HEADER_NAME.test(name) || !isLine(value, MAX_HEADER_CHARS)) return { fault: 'bad-header' };
  }
  if (mail.listUnsubscribe && unsubscribeHeader(mail.listUnsubscribe) === undefined)
    return { fault: 'bad-unsubscribe' };
  return { ...mail, from, to, ...(replyTo ? { replyTo } : {}), checked: true };
}

/** The value of `List-Unsubscribe`; undefined where the URL is no http(s) URL or the address is none. */
export function unsubscribeHeader(list: { url: string; mailto?: string }): string | undefined {
  if (!/^https?:\/\/[!-~]+$/.test(list.url) || /[<>",]/.test(list.url) || list.url.length > MAX_URL_CHARS)
    return undefined;
  if (!URL.canParse(list.url)) return undefined;
  if (list.mailto === undefined) return `<${list.url}>`;
  const address = parseBareAddress(list.mailto);
  return address === undefined ? undefined : `<${list.url}>, <mailto:${address}>`;
}

function checkAddress(given: Address): Address | undefined {
  const address = parseBareAddress(given.address);
  if (address === undefined) return undefined;
  const name = cleanName(given.name ?? '');
  return name === '' ? { address } : { name, address };
}

function isLine(text: string, most: number): boolean {
  return text.length <= most && !/[\p{Cc}\u2028\u2029]/u.test(text.replaceAll('\t', ' '));
}

/** A header line may have 998 characters; names longer than this are hashed. */
const MAX_LOCAL_CHARS = 200;

/** `<{effectId}@{domain}>`. What an address cannot hold is percent-encoded, so that two effects never share a name. */
export function messageIdOf(effectId: string, domain: string): string {
  const encoded = encodeURIComponent(effectId).replace(/[!'()*]|^\.|\.$|\.(?=\.)/g, hex);
  const local = encoded.length <= MAX_LOCAL_CHARS ? encoded : createHash('sha256').update(effectId).digest('hex');
  return `<${local}@${domain}>`;
}

function hex(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
