/** Texts in links, sealed: a link shows nothing of what it is about, nobody can make one up, and one content has one link. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_CHARS = 2_000;

/** @param purpose of the link: what is sealed for one opens no other */
export function seal(secret: string, purpose: string, plain: Buffer): string {
  const { sealing, naming } = keysOf(secret, purpose);
  // Derived from the content: never the same for two contents, always for one.
  const iv = createHmac('sha256', naming).update(plain).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', sealing, iv);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Undefined for a token that was not sealed with this secret for this purpose. */
export function openSeal(secret: string, purpose: string, token: string): Buffer | undefined {
  if (token.length > MAX_CHARS || !/^[\w-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keysOf(secret, purpose).sealing, bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // not ours: the seal is broken
  }
}

function keysOf(secret: string, purpose: string): { sealing: Buffer; naming: Buffer } {
  const key = (what: string) => Buffer.from(hkdfSync('sha256', secret, 'cuebook', `${purpose} ${what}`, 32));
  return { sealing: key('seal'), naming: key('iv') };
}
