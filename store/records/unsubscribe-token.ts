/**
 * The token of an unsubscribe link: whom it is about, sealed. A link shows nothing of a person, and nobody can make one
 * up; the same mail sent again has the same link.
 */
import { openSeal, seal } from './seal.ts';

export interface Unsubscribing {
  contactId: string;
  /** The message that had the link. */
  messageId: string;
}

const PURPOSE = 'unsubscribe';

export function sealToken(secret: string, { contactId, messageId }: Unsubscribing): string {
  return seal(secret, PURPOSE, packed(contactId, messageId));
}

/** Undefined for a token that was not sealed with this secret. */
export function openToken(secret: string, token: string): Unsubscribing | undefined {
  const plain = openSeal(secret, PURPOSE, token);
  return plain && unpacked(plain);
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
