/** The real parts that benchmarks run on: those that `cuebook start` boots, in a data folder of their own. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { dataDirLayout } from '../../cli/boot/data-dir.ts';
import { holdingParts } from '../../cli/boot/with-parts.ts';
import { readEnvironment } from '../../cli/environment.ts';
import { Failure } from '../../cli/failure.ts';
import type { Logger } from '../../cli/report/log.ts';
import { migrate } from '../../store/migrate/migrate.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';

export interface BenchParts {
  /** Absent where no benchmark asked for it. */
  temporalAddress: string | undefined;
  smtpUrl: string;
  /** What was started, with its version: `PostgreSQL 18.4`. */
  versions: string[];
  /** A migrated database of that name, in place of one that an earlier run left. */
  freshDatabase(name: string): Promise<string>;
}

/** What is measured is what is started here: parts of one's own, or a data folder in use, stay out of it. */
const OUTSIDE = ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'SMTP_URL'];

export async function withBenchParts(
  { temporal, log, say }: { temporal: boolean; log: Logger; say: (line: string) => void },
  work: (parts: BenchParts) => Promise<void>,
): Promise<void> {
  const inside = Object.entries(process.env).filter(([name]) => !OUTSIDE.includes(name));
  const environment = readEnvironment({ variables: Object.fromEntries(inside) });
  const dataDir = join(environment.CUEBOOK_DATA_DIR, 'bench');
  // The server's file grows with every workflow that it ever ran: each run begins with an empty one.
  await rm(dirname(dataDirLayout(dataDir).temporalDatabase), { recursive: true, force: true });
  const needs = { postgres: true, temporal, mailbox: true };
  await holdingParts({ environment, dataDir, needs, say, log }, async ({ parts, stopRequested }) => {
    const { databaseUrl, temporalAddress, smtpUrl, chosen } = parts;
    if (databaseUrl === undefined || smtpUrl === undefined)
      throw new Error('PostgreSQL and the mailbox were not booted.');
    const versions = chosen.map(({ part, version }) => `${part} ${version}`);
    const freshDatabase = (name: string) => makeDatabase(databaseUrl, name);
    const stopped = stopRequested.then((failure) => {
      throw failure ?? new Failure('STOPPED', 'The benchmark was stopped.', 'Start it again.', { exitCode: 1 });
    });
    await Promise.race([work({ temporalAddress, smtpUrl, versions, freshDatabase }), stopped]);
  });
}

/** Works on a database of its own, which goes with its end. */
export async function withDatabase<T>(
  parts: BenchParts,
  name: string,
  work: (database: Database, url: string) => Promise<T>,
): Promise<T> {
  const url = await parts.freshDatabase(name);
  const database = openDatabase(url);
  try {
    return await work(database, url);
  } finally {
    await database.close();
  }
}

async function makeDatabase(serverUrl: string, name: string): Promise<string> {
  const url = new URL(serverUrl);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    const quoted = client.escapeIdentifier(name);
    await client.query(`DROP DATABASE IF EXISTS ${quoted} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${quoted} TEMPLATE template0`);
  } finally {
    await client.end();
  }
  url.pathname = `/${name}`;
  await migrate(url.href);
  return url.href;
}
