/** Browsers that are signed in: what the store does not know any more is no session, whoever has its cookie. */
import { createHash } from 'node:crypto';
import type { Database } from '../postgres/database.ts';
import type { User } from './users.ts';

/** Of more the ones that began first end. */
const MAX_SESSIONS = 1_000;

/** Whose session it is; `user` null where the API token, or the link of the start, has signed in. */
export interface OpenSession {
  user: User | null;
}

export interface Sessions {
  /** @param id 256 random bits, as the cookie has them; @param untilMs since 1970, by real time */
  begin(id: string, untilMs: number, userId?: string): Promise<void>;
  /** Undefined of one that has ended, or whose user may sign in no more. */
  find(id: string): Promise<OpenSession | undefined>;
  end(id: string): Promise<void>;
  /** Of the session's user; of one without a user all there are. */
  endAll(userId: string | null): Promise<void>;
}

export function storedSessions({ pool }: Pick<Database, 'pool'>): Sessions {
  return {
    async begin(id, untilMs, userId) {
      await pool.query(
        'INSERT INTO sessions (id_hash, until, user_id) VALUES ($1, to_timestamp($2::float8 / 1000), $3)',
        [hashOf(id), untilMs, userId ?? null],
      );
      await pool.query(
        `DELETE FROM sessions WHERE until < clock_timestamp()
            OR id_hash IN (SELECT id_hash FROM sessions ORDER BY until DESC, id_hash OFFSET ${MAX_SESSIONS})`,
      );
    },
    async find(id) {
      const { rows } = await pool.query<OpenSession>(
        `SELECT CASE WHEN s.user_id IS NOT NULL
                     THEN json_build_object('id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'disabled', false) END AS user
           FROM sessions s LEFT JOIN users u ON u.id = s.user_id AND NOT u.disabled
          WHERE s.id_hash = $1 AND (s.user_id IS NULL OR u.id IS NOT NULL)`,
        [hashOf(id)],
      );
      return rows[0];
    },
    async end(id) {
      await pool.query('DELETE FROM sessions WHERE id_hash = $1', [hashOf(id)]);
    },
    async endAll(userId) {
      await pool.query('DELETE FROM sessions WHERE $1::text IS NULL OR user_id = $1', [userId]);
    },
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
