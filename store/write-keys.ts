/** Write keys: who may send events, and from which source they then come (semantics E2). */
import { createHash, timingSafeEqual } from 'node:crypto';

export interface WriteKey {
  /** Events are unique by (source, messageId); several keys may be of one source. */
  source: string;
  key: string;
}

export interface WriteKeys {
  /** The source of a key that was presented; undefined for one that nobody has. */
  sourceOf(key: string): string | undefined;
}

/** The source of a key that names none. */
const DEFAULT_SOURCE = 'default';
const ENTRY = /^(?:([A-Za-z0-9_.-]{1,64})=)?([^\s,=:]{1,256}=*)$/;

/**
 * `CUEBOOK_WRITE_KEYS`: entries `source=key`, or a key alone, parted by commas or blanks.
 *
 * @throws an Error that shows the entry's place, not the key.
 */
export function parseWriteKeys(text: string): WriteKey[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.map((entry, i) => {
    const match = ENTRY.exec(entry);
    if (match === null) {
      throw new Error(
        `Write key ${i + 1} of ${entries.length} cannot be read. Allowed: "source=key" or "key", the source of ` +
          'letters, digits, "_", ".", "-"; a key has no blank, comma or colon, and no "=" but at its end.',
      );
    }
    return { source: match[1] ?? DEFAULT_SOURCE, key: match[2]! };
  });
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
