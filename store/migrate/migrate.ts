/** Brings a database up to this version's schema, at start. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { MigrationError } from './migration-error.ts';
import { type Migration, readMigrations } from './migrations.ts';

/**
 * Held while migrations are read and applied, so that one that is under way is not taken for one that failed. An arbitrary
 * number that nothing else of Cuebook uses.
 */
export const MIGRATION_LOCK = 7_241_550_001;
/** A starter waits this long for another that is applying migrations. */
const WAIT_FOR_OTHER_MS = 300_000;

/** Prisma's own table, so that its command line reads what is written here, and the reverse. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL,
  logs TEXT,
  rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

interface AppliedRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  logs: string | null;
}

/**
 * Applies the migrations that the database does not have, in order, and records them in `_prisma_migrations` as
 * `prisma migrate deploy` does. Of several that start at once one applies; the others wait and find nothing to do.
 *
 * @returns the names of the migrations that this call applied.
 * @throws MigrationError when one fails (it leaves nothing, those before it stay), or when the database is ahead of this
 *   version, or holds a migration that failed, or one whose file was edited since.
 */
export async function migrate(databaseUrl: string, migrations?: readonly Migration[]): Promise<{ applied: string[] }> {
  return bringUp(databaseUrl, migrations ?? (await readMigrations()), () => undefined);
}

/**
 * For who only uses a store that others run: an empty database is brought up to date, one of an earlier version is left as it is.
 *
 * @throws MigrationError as `migrate`, and MIGRATION_MISSING for a database of an earlier version.
 */
export async function migrateIfEmpty(databaseUrl: string, migrations?: readonly Migration[]): Promise<void> {
  await bringUp(databaseUrl, migrations ?? (await readMigrations()), (known, [first, ...more]) => {
    if (known === 0 || first === undefined) return;
    throw new MigrationError(
      'MIGRATION_MISSING',
      `The database is of an earlier version of Cuebook: it has not ${first.name}` +
        `${more.length === 0 ? '' : ` and ${more.length} more`}. This command changes no schema.`,
      'Start the server, the worker or `cuebook deploy` of this version: they bring it up to date. Or use the version that runs there.',
    );
  });
}

/** @param mayApply asked with how many migrations the database has, and those that it has not; throws to leave it */
async function bringUp(
  databaseUrl: string,
  all: readonly Migration[],
  mayApply: (known: number, missing: readonly Migration[]) => void,
): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  // Without a listener, a connection lost between two queries would end the process; the next query reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lock(client);
    await client.query(CREATE_TABLE);
    const { rows } = await client.query<AppliedRow>(
      `SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations
        WHERE rolled_back_at IS NULL ORDER BY started_at`,
    );
    const applied = missing(rows, all);
    mayApply(rows.length, applied);
    for (const migration of applied) await apply(client, migration);
    return { applied: applied.map(({ name }) => name) };
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

async function lock(client: pg.Client): Promise<void> {
  try {
    await client.query(`SET lock_timeout = ${WAIT_FOR_OTHER_MS}`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('SET lock_timeout TO DEFAULT');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    throw new MigrationError(
      'MIGRATION_HELD',
      `Another process has been applying migrations for ${WAIT_FOR_OTHER_MS / 60_000} minutes.`,
      'Look for it, and for what blocks it in pg_stat_activity; then start again.',
    );
  }
}

/** The script, sent whole, and its row: both or neither. */
async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const { message, position } = error as pg.DatabaseError;
    const line = position === undefined ? '' : ` (line ${sql.slice(0, Number(position)).split('\n').length})`;
    const failed = `Migration ${name} failed, and nothing of it stays: ${message}${line}`;
    const hint = 'The version that ran before can go on. Mend what the message names, and start this one again.';
    throw new MigrationError('MIGRATION_FAILED', failed, hint, { cause: error });
  }
}

/** The migrations still to apply; throws when the database's history does not lead up to them. */
function missing(applied: readonly AppliedRow[], migrations: readonly Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied) {
    const migration = known.get(row.migration_name);
    if (row.finished_at === null) {
      throw new MigrationError(
        'MIGRATION_FAILED',
        `Migration ${row.migration_name} failed on this database and was not finished:\n${row.logs ?? '(no log)'}`,
        `Repair what the message names, then mark it: npx prisma migrate resolve --rolled-back ${row.migration_name}`,
      );
    }
    if (migration === undefined) {
      throw new MigrationError(
        'DATABASE_AHEAD',
        `The database is ahead: it has migration ${row.migration_name}, this version of Cuebook ends at ` +
          `${migrations.at(-1)?.name ?? 'none'}.`,
        'Start the version that made it, or one after it; or restore a backup from before.',
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationError(
        'MIGRATION_EDITED',
        `Migration ${row.migration_name} was edited after it had been applied: the database has ${row.checksum}, the ` +
          `file is ${migration.checksum}.`,
        'Put the file back, and write what is new as a migration of its own.',
      );
    }
  }
  const done = new Set(applied.map((row) => row.migration_name));
  return migrations.filter((migration) => !done.has(migration.name));
}
