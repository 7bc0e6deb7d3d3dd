/** What somebody has changed by the API. Written before the change: what a crash cuts off is known to have been begun. */
import type { Instant } from '../../language/model.ts';
import type { Database } from '../postgres/database.ts';

export interface NewAuditEntry {
  /** Null for the API token, and whoever signed in by it. */
  byUser: string | null;
  byName: string;
  action: string;
  /** A name, or ids; no address. */
  target: string;
}

export interface AuditEntry extends NewAuditEntry {
  id: number;
  at: Instant;
  /** begun, done, or the code of a problem. */
  result: string;
}

const MAX_TARGET_CHARS = 1_000;

/** @returns the entry's id */
export async function beginAudit(
  { pool }: Pick<Database, 'pool'>,
  { byUser, byName, action, target }: NewAuditEntry,
): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `INSERT INTO audit_log (at, by_user, by_name, action, target, result)
     VALUES (cuebook_now(), $1, $2, $3, left($4, ${MAX_TARGET_CHARS}), 'begun') RETURNING id`,
    [byUser, byName, action, target],
  );
  return rows[0]!.id;
}

export async function settleAudit({ pool }: Pick<Database, 'pool'>, id: number, result: string): Promise<void> {
  await pool.query('UPDATE audit_log SET result = $2 WHERE id = $1', [id, result]);
}

/** The latest first. @param before only entries of smaller ids */
export async function readAudit(
  { pool }: Pick<Database, 'pool'>,
  { action, before, most }: { action?: string | undefined; before: number | undefined; most: number },
): Promise<AuditEntry[]> {
  const { rows } = await pool.query<AuditEntry>(
    `SELECT id, at, by_user AS "byUser", by_name AS "byName", action, target, result FROM audit_log
      WHERE ($1::bigint IS NULL OR id < $1) ${action === undefined ? '' : 'AND action = $3'} ORDER BY id DESC LIMIT $2`,
    [before ?? null, most, ...(action === undefined ? [] : [action])],
  );
  return rows;
}

/** Deletes entries of before an instant of the store's clock, the oldest first. @returns how many */
export async function pruneAudit({ pool }: Pick<Database, 'pool'>, before: Instant, most: number): Promise<number> {
  const { rowCount } = await pool.query(
    'DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < cuebook_instant($1) ORDER BY at LIMIT $2)',
    [before, most],
  );
  return rowCount ?? 0;
}
