/** `/api/write-keys`: made, shown once, revoked. */
import { randomBytes } from 'node:crypto';
import {
  addWriteKey,
  MAX_WRITE_KEYS,
  listWriteKeys as read,
  revokeWriteKey as revoke,
  type StoredWriteKey,
} from '../../../store/access/stored-write-keys.ts';
import type { WriteKey } from '../../../store/events/write-keys.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { Problem } from '../../problems.ts';
import { listWriteKeys, makeWriteKey, revokeWriteKey, type WriteKeyShown } from '../contract/settings.ts';
import { iso, isoOrNull } from '../cursor.ts';
import { type Handled, on, TOKEN_NAME } from '../handled.ts';

export interface WriteKeyOptions {
  database: Database;
  /** Those of the environment, without the keys themselves. */
  givenWriteKeys: readonly Omit<WriteKey, 'key'>[];
  /** Told after a change. */
  onWriteKeysChanged: () => Promise<void>;
}

export function writeKeyRoutes({ database, givenWriteKeys, onWriteKeysChanged }: WriteKeyOptions): Handled[] {
  return [
    on(listWriteKeys, async () => ({
      items: [...givenWriteKeys.map(givenShown), ...(await read(database)).map(shown)],
    })),
    on(
      makeWriteKey,
      async ({ body, caller }) => {
        const key = `wk_${randomBytes(32).toString('base64url')}`;
        const made = await addWriteKey(database, { ...body, key, createdBy: caller.user?.name ?? TOKEN_NAME });
        if (!made) throw new Problem('conflict', `${MAX_WRITE_KEYS} keys count already: revoke one first.`);
        await onWriteKeysChanged();
        return { key, made: shown(made) };
      },
      ({ body: { source, scope, name } }) => `${source} ${scope} ${name}`,
    ),
    on(
      revokeWriteKey,
      async ({ body: { id } }) => {
        const revoked = await revoke(database, id);
        if (!revoked) throw new Problem('not_found', 'There is no such key in the store.');
        await onWriteKeysChanged();
        return shown(revoked);
      },
      ({ body: { id } }) => id,
    ),
  ];
}

function shown({ createdAt, revokedAt, ...key }: StoredWriteKey): WriteKeyShown {
  return { ...key, createdAt: iso(createdAt), revokedAt: isoOrNull(revokedAt) };
}

function givenShown({ source, scope = 'server' }: Omit<WriteKey, 'key'>): WriteKeyShown {
  return { id: null, name: 'CUEBOOK_WRITE_KEYS', source, scope, createdBy: null, createdAt: null, revokedAt: null };
}
