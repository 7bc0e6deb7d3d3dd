/** The name under which a mail is known to every server it passes: the same at each attempt (P4). */
import { createHash } from 'node:crypto';

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
