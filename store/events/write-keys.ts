/** Write keys: who may send events, and from which source they then come (semantics E2). */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { KeyScope } from '../../events/client-key.ts';

export interface WriteKey {
  /** Events are unique by (source, messageId); several keys may be of one source. */
  source: string;
  key: string;
  /** What it may say (E10). Default: `server`, as every key could before there were scopes. */
  scope?: KeyScope;
}

/** What a key stands for. */
export interface KeyGrant {
  source: string;
  scope: KeyScope;
}

export interface WriteKeys {
  /** Of a key that was presented; undefined for an unknown one. */
  grantOf(key: string): KeyGrant | undefined;
}

/** A key of which only the SHA-256 is known, in hexadecimal. */
export interface HashedKey extends KeyGrant {
  hash: string;
}

/** Keeps only hashes, and compares all of them in the same time whichever fits. */
export function writeKeys(keys: readonly WriteKey[], more: readonly HashedKey[] = []): WriteKeys {
  const hashed = [
    ...keys.map(({ source, key, scope = 'server' }) => ({ grant: { source, scope }, hash: sha256(key) })),
    ...more.map(({ source, scope, hash }) => ({ grant: { source, scope }, hash: Buffer.from(hash, 'hex') })),
  ];
  return {
    grantOf(key) {
      const presented = sha256(key);
      let found: KeyGrant | undefined;
      for (const { grant, hash } of hashed) if (timingSafeEqual(hash, presented)) found = grant;
      return found;
    },
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
