/** Write keys: who may send events, and from which source they then come (semantics E2). */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface WriteKey {
  /** Events are unique by (source, messageId); several keys may be of one source. */
  source: string;
  key: string;
}

export interface WriteKeys {
  /** The source of a key that was presented; undefined for an unknown one. */
  sourceOf(key: string): string | undefined;
}

/** Keeps only hashes, and compares all of them in the same time whichever fits. */
export function writeKeys(keys: readonly WriteKey[]): WriteKeys {
  const hashed = keys.map(({ source, key }) => ({ source, hash: sha256(key) }));
  return {
    sourceOf(key) {
      const presented = sha256(key);
      let found: string | undefined;
      for (const { source, hash } of hashed) if (timingSafeEqual(hash, presented)) found = source;
      return found;
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
