/** A demo begins with nothing: what an earlier one left is put away, the programs' own data is kept. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { openDataDir } from '../boot/data-dir.ts';
import { Failure } from '../failure.ts';

/** Removes the workflows and the mails of an earlier demo. @throws Failure when another process holds the folder. */
export async function freshFolder(path: string): Promise<void> {
  const folder = await openDataDir(path);
  try {
    await rm(dirname(folder.temporalDatabase), { recursive: true, force: true });
    await rm(folder.mailbox, { recursive: true, force: true });
  } finally {
    await folder.close();
  }
}

/**
 * Makes the embedded database new. One that the environment names is taken only when it is empty: no data is
 * thrown away for a demo.
 *
 * @throws Failure when there is data already.
 */
export async function freshDatabase(databaseUrl: string, isEmbedded: boolean): Promise<void> {
  if (isEmbedded) return makeAnew(databaseUrl);
  await using client = await connect(databaseUrl);
  const { rows } = await client.query<{ tables: number }>(
    `SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  if (rows[0]!.tables === 0) return;
  throw new Failure(
    'DEMO_NEEDS_EMPTY',
    'The database of DATABASE_URL is not empty, and a demo begins with nothing.',
    'Name an empty database, or unset DATABASE_URL: an embedded one is started then.',
  );
}

async function makeAnew(databaseUrl: string): Promise<void> {
  const server = new URL(databaseUrl);
  const name = pg.escapeIdentifier(decodeURIComponent(server.pathname.slice(1)));
  server.pathname = '/postgres';
  await using client = await connect(server.href);
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${name}`);
}

async function connect(url: string): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}
