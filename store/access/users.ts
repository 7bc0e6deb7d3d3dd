/** Who may sign in by a mail, with what role; and the links of those mails. */
import { createHash } from 'node:crypto';
import type { Instant } from '../../language/model.ts';
import type { Database, Queryable } from '../postgres/database.ts';

export interface User {
  id: string;
  email: string;
  name: string;
  /** One of the roles of the API's contract. */
  role: string;
  disabled: boolean;
}

export interface StoredUser extends User {
  createdAt: Instant;
  changedAt: Instant;
}

export const MAX_USERS = 1_000;
/** Links that count at once for one user: of more the oldest go. */
const MAX_LINKS = 5;

const COLUMNS = 'id, email, name, role, disabled, created_at AS "createdAt", changed_at AS "changedAt"';

/** All, by address. */
export async function listUsers({ pool }: Pick<Database, 'pool'>): Promise<StoredUser[]> {
  const { rows } = await pool.query<StoredUser>(`SELECT ${COLUMNS} FROM users ORDER BY email LIMIT ${MAX_USERS}`);
  return rows;
}

/** The user of an address, in whatever letters, who may sign in. */
export async function userOfAddress({ pool }: Pick<Database, 'pool'>, email: string): Promise<StoredUser | undefined> {
  const { rows } = await pool.query<StoredUser>(`SELECT ${COLUMNS} FROM users WHERE email = $1 AND NOT disabled`, [
    email.toLowerCase(),
  ]);
  return rows[0];
}

export interface UserChange {
  email: string;
  name: string;
  /** One of the roles of the API's contract. */
  role: string;
  disabled: boolean;
}

/** Makes a user, or changes the one of that address; who is disabled is signed out. @returns undefined where there are too many */
export async function putUser(
  database: Database,
  { email, name, role, disabled }: UserChange,
): Promise<StoredUser | undefined> {
  return database.transaction(async (client) => {
    await client.query('LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE');
    const { rows } = await client.query<StoredUser>(
      `INSERT INTO users AS u (id, email, name, role, disabled, created_at, changed_at)
       SELECT $1, $2, $3, $4, $5, cuebook_now(), cuebook_now()
        WHERE (SELECT count(*) FROM users WHERE email <> $2) < ${MAX_USERS}
       ON CONFLICT (email) DO UPDATE SET name = excluded.name, role = excluded.role, disabled = excluded.disabled,
         changed_at = excluded.changed_at
       RETURNING ${COLUMNS}`,
      [idOf(email.toLowerCase()), email.toLowerCase(), name, role, disabled],
    );
    const user = rows[0];
    if (user?.disabled) await signOut(client, user.id);
    return user;
  });
}

async function signOut(client: Queryable, userId: string): Promise<void> {
  await client.query('DELETE FROM sessions WHERE user_id = $1', [userId]);
  await client.query('DELETE FROM sign_in_links WHERE user_id = $1', [userId]);
}

/** @param secret what stands in the link, 256 random bits; @param forMs by real time */
export async function addSignInLink(database: Database, userId: string, secret: string, forMs: number): Promise<void> {
  await database.transaction(async (client) => {
    await client.query(
      `INSERT INTO sign_in_links (hash, user_id, until) VALUES ($1, $2, clock_timestamp() + $3 * interval '1 ms')`,
      [hashOf(secret), userId, forMs],
    );
    await client.query(
      `DELETE FROM sign_in_links WHERE until < clock_timestamp() OR hash IN (
         SELECT hash FROM sign_in_links WHERE user_id = $1 ORDER BY until DESC, hash OFFSET ${MAX_LINKS})`,
      [userId],
    );
  });
}

/** Takes a link: it counts once, within its time, for a user who is not disabled. */
export async function takeSignInLink({ pool }: Pick<Database, 'pool'>, secret: string): Promise<User | undefined> {
  const { rows } = await pool.query<User>(
    `WITH taken AS (DELETE FROM sign_in_links WHERE hash = $1 RETURNING user_id, until)
     SELECT u.id, u.email, u.name, u.role, u.disabled FROM taken t JOIN users u ON u.id = t.user_id
      WHERE t.until > clock_timestamp() AND NOT u.disabled`,
    [hashOf(secret)],
  );
  return rows[0];
}

/** Deletes links and sessions that are over, by real time. @returns how many */
export async function pruneSignIns({ pool }: Pick<Database, 'pool'>): Promise<number> {
  const links = await pool.query('DELETE FROM sign_in_links WHERE until < clock_timestamp()');
  const sessions = await pool.query('DELETE FROM sessions WHERE until < clock_timestamp()');
  return (links.rowCount ?? 0) + (sessions.rowCount ?? 0);
}

function idOf(email: string): string {
  return hashOf(email).slice(0, 20);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
