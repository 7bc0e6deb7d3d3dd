/**
 * The token of an unsubscribe link: whom it is about, sealed. A link shows nothing of a person, and nobody can make one
 * up; the same mail sent again has the same link.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

export interface Unsubscribing {
  contactId: string;
  /** The message that had the link. */
  messageId: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_CHARS = 2_000;

export function sealToken(secret: string, { contactId, messageId }: Unsubscribing): string {
  const { sealing, naming } = keysOf(secret);
  const plain = packed(contactId, messageId);
  // Derived from the content: never the same for two contents, always for one.
  const iv = createHmac('sha256', naming).update(plain).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealing, iv);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Undefined for a token that was not sealed with this secret. */
export function openToken(secret: string, token: string): Unsubscribing | undefined {
  if (token.length > MAX_CHARS || !/^[\w-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keysOf(secret).sealing, bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return unpacked(plain);
  } catch {
    return undefined; // not ours: the seal is broken
  }
}

/** JSON would escape quotes and backslashes: an id of 512 bytes must fit into a line of a header. */
const PACKED = 1;

function packed(contactId: string, messageId: string): Buffer {
  const id = Buffer.from(contactId);
  const head = Buffer.alloc(3);
  head.writeUInt8(PACKED);
  head.writeUInt16BE(id.length, 1);
  return Buffer.concat([head, id, Buffer.from(messageId)]);
}

/** Links of earlier releases hold JSON: they stay good. */
function unpacked(plain: Buffer): Unsubscribing {
  if (plain[0] !== PACKED) {
    const [contactId, messageId] = JSON.parse(plain.toString()) as [string, string];
    return { contactId, messageId };
  }
  const end = 3 + plain.readUInt16BE(1);
  return { contactId: plain.subarray(3, end).toString(), messageId: plain.subarray(end).toString() };
}

function keysOf(secret: string): { sealing: Buffer; naming: Buffer } {
  const key = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'cuebook', purpose, 32));
  return { sealing: key('unsubscribe seal'), naming: key('unsubscribe iv') };
}
