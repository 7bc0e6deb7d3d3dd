/** Write keys that were made in the app: of each its hash alone. */
import { createHash } from 'node:crypto';
import type { KeyScope } from '../../events/client-key.ts';
import type { Instant } from '../../language/model.ts';
import type { HashedKey } from '../events/write-keys.ts';
import type { Database, Queryable } from '../postgres/database.ts';

export interface StoredWriteKey {
  id: string;
  name: string;
  source: string;
  scope: KeyScope;
  createdBy: string;
  createdAt: Instant;
  revokedAt: Instant | null;
}

/** That count at once: every request compares its key with all. */
export const MAX_WRITE_KEYS = 100;
/** Revoked ones stay to be seen; of more the oldest are not listed. */
const MAX_LISTED = 500;

const COLUMNS = `id, name, source, scope, created_by AS "createdBy", created_at AS "createdAt", revoked_at AS "revokedAt"`;

/** Those that count. */
export async function readWriteKeys({ pool }: Pick<Database, 'pool'>): Promise<HashedKey[]> {
  const { rows } = await pool.query<HashedKey>(
    `SELECT source, scope, hash FROM write_keys WHERE revoked_at IS NULL ORDER BY created_at, id LIMIT ${MAX_WRITE_KEYS}`,
  );
  return rows;
}

/** All, those that count first, the newest first. */
export async function listWriteKeys({ pool }: Pick<Database, 'pool'>): Promise<StoredWriteKey[]> {
  const { rows } = await pool.query<StoredWriteKey>(
    `SELECT ${COLUMNS} FROM write_keys ORDER BY revoked_at IS NOT NULL, created_at DESC, id LIMIT ${MAX_LISTED}`,
  );
  return rows;
}

export interface NewWriteKey {
  /** The key itself: 256 random bits. */
  key: string;
  name: string;
  source: string;
  scope: KeyScope;
  createdBy: string;
}

/** @returns undefined where there are too many that count */
export async function addWriteKey(database: Database, made: NewWriteKey): Promise<StoredWriteKey | undefined> {
  const { key, name, source, scope, createdBy } = made;
  const hash = createHash('sha256').update(key).digest('hex');
  return database.transaction(async (client: Queryable) => {
    await client.query('LOCK TABLE write_keys IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<StoredWriteKey>(
      `INSERT INTO write_keys (id, hash, name, source, scope, created_by, created_at)
       SELECT $1, $2, $3, $4, $5, $6, clock_timestamp()
        WHERE (SELECT count(*) FROM write_keys WHERE revoked_at IS NULL) < ${MAX_WRITE_KEYS}
       RETURNING ${COLUMNS}`,
      [hash.slice(0, 20), hash, name, source, scope, createdBy],
    );
    return rows[0];
  });
}

/** It counts no more; one that was revoked before stays as it was. @returns undefined for an unknown one */
export async function revokeWriteKey(
  { pool }: Pick<Database, 'pool'>,
  id: string,
): Promise<StoredWriteKey | undefined> {
  const { rows } = await pool.query<StoredWriteKey>(
    `UPDATE write_keys SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE id = $1 RETURNING ${COLUMNS}`,
    [id],
  );
  return rows[0];
}
