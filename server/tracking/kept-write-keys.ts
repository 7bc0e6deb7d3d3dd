/** The write keys that count: those of the environment, and those of the store, read again every few seconds. */

import { readWriteKeys } from '../../store/access/stored-write-keys.ts';
import { type WriteKey, type WriteKeys, writeKeys } from '../../store/events/write-keys.ts';
import type { Database } from '../../store/postgres/database.ts';
import { Problem } from '../problems.ts';

const AGAIN = 'Which keys count is not known yet. Send it again later; what was sent twice is stored once.';
/** For so long a key that another process has revoked may still be taken here. */
const READ_EVERY_MS = 5_000;

export interface KeptWriteKeys extends WriteKeys {
  /** After a change: what counts now counts here at once. */
  refresh(): Promise<void>;
  stop(): void;
}

/** @param given of the environment; they cannot be revoked here */
export function keptWriteKeys(database: Database, given: readonly WriteKey[]): KeptWriteKeys {
  let keys = writeKeys(given);
  let isReading = false;
  let isRead = false;
  const refresh = async () => {
    keys = writeKeys(given, await readWriteKeys(database));
    isRead = true;
  };
  const look = async () => {
    if (isReading) return;
    isReading = true;
    // While the store is away no event is taken either; the keys stay as they were read last.
    await refresh().catch(() => undefined);
    isReading = false;
  };
  const timer = setInterval(look, READ_EVERY_MS);
  timer.unref();
  return {
    grantOf(key) {
      const grant = keys.grantOf(key);
      // Who is told that a key is wrong drops what it would send.
      if (grant === undefined && !isRead) throw new Problem('store_unavailable', AGAIN);
      return grant;
    },
    refresh,
    stop: () => clearInterval(timer),
  };
}
