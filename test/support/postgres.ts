import pg from 'pg';
import { inject } from 'vitest';
import { askForPart } from './ask-for-part.ts';

export interface TestDatabase {
  /** A `postgresql://` URL. */
  url: string;
  /** Throws the database away, also when something is still connected to it. */
  drop(): Promise<void>;
}

/**
 * A fresh database of the run's own PostgreSQL, with all migrations applied. The first call of a run boots the server
 * (a second or two); give the hook that makes it time for that.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return describe(await askForPart(inject('partsUrl'), '/database'));
}

/** The same without any tables. */
export async function emptyTestDatabase(): Promise<TestDatabase> {
  return describe(await askForPart(inject('partsUrl'), '/empty-database'));
}

function describe(url: string): TestDatabase {
  return {
    url,
    async drop() {
      const server = new URL(url);
      const name = server.pathname.slice(1);
      server.pathname = '/postgres';
      const client = new pg.Client({ connectionString: server.href });
      await client.connect();
      try {
        await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
      } finally {
        await client.end();
      }
    },
  };
}
