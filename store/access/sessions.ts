/** Browsers that are signed in: what the store does not know any more is no session, whoever has its cookie. */
import { createHash } from 'node:crypto';
import type { Database } from '../postgres/database.ts';

/** Of more the ones that began first end. */
const MAX_SESSIONS = 1_000;

export interface Sessions {
  /** @param id 256 random bits, as the cookie has them; @param untilMs since 1970, by real time */
  begin(id: string, untilMs: number): Promise<void>;
  isOpen(id: string): Promise<boolean>;
  end(id: string): Promise<void>;
  endAll(): Promise<void>;
}

export function storedSessions({ pool }: Pick<Database, 'pool'>): Sessions {
  return {
    async begin(id, untilMs) {
      await pool.query('INSERT INTO sessions (id_hash, until) VALUES ($1, to_timestamp($2::float8 / 1000))', [
        hashOf(id),
        untilMs,
      ]);
      await pool.query(
        `DELETE FROM sessions WHERE until < clock_timestamp()
            OR id_hash IN (SELECT id_hash FROM sessions ORDER BY until DESC, id_hash OFFSET ${MAX_SESSIONS})`,
      );
    },
    async isOpen(id) {
      const { rows } = await pool.query('SELECT FROM sessions WHERE id_hash = $1', [hashOf(id)]);
      return rows.length > 0;
    },
    async end(id) {
      await pool.query('DELETE FROM sessions WHERE id_hash = $1', [hashOf(id)]);
    },
    async endAll() {
      await pool.query('DELETE FROM sessions');
    },
  };
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
