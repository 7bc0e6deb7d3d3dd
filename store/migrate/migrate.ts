/** Brings a database up to this version's schema, at start. */
import pg from 'pg';
import { type Migration, migrationList, prismaFolder, readMigrations } from './migrations.ts';
import { withSchemaEngine } from './schema-engine.ts';

/**
 * Held while migrations are read and applied, so that one that is under way is not taken for one that failed. An arbitrary
 * number that nothing else of Cuebook uses.
 */
export const MIGRATION_LOCK = 7_241_550_001;
/** A starter waits this long for another that is applying migrations. */
const WAIT_FOR_OTHER_MS = 300_000;

interface AppliedRow {
  migration_name: string;
  checksum: string;
  finished_at: Date | null;
  logs: string | null;
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * Applies the migrations that the database does not have, in order, and notes them in `_prisma_migrations` as
 * `prisma migrate deploy` does. Of several that start at once one applies; the others wait and find nothing to do.
 *
 * @returns the names of the migrations that this call applied.
 * @throws MigrationError when the database is ahead of this version, holds a migration that failed, or one whose file
 *   was edited since.
 */
export async function migrate(databaseUrl: string): Promise<{ applied: string[] }> {
  const folder = prismaFolder();
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  // Without a listener, a connection lost while the engine works would end the process; the next query reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`SET lock_timeout = ${WAIT_FOR_OTHER_MS}`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const before = await appliedMigrations(client);
    if (missing(before, migrations).length === 0) return { applied: [] };
    const list = await migrationList(folder, migrations);
    const output = await withSchemaEngine(databaseUrl, (engine) =>
      engine.applyMigrations({ migrationsList: list, filters: { externalTables: [], externalEnums: [] } }),
    );
    return { applied: output.appliedMigrationNames };
  } catch (error) {
    throw explain(error);
  } finally {
    // Ends the session, and with it the lock.
    await client.end();
  }
}

async function appliedMigrations(client: pg.Client): Promise<AppliedRow[]> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`,
  );
  if (found[0]?.there !== true) return [];
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations
      WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

/** The migrations still to apply; throws when the database's history does not lead up to them. */
function missing(applied: readonly AppliedRow[], migrations: readonly Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of applied) {
    const migration = known.get(row.migration_name);
    if (row.finished_at === null) {
      throw new MigrationError(
        `Migration ${row.migration_name} failed on this database and was not finished:\n${row.logs ?? '(no log)'}\n` +
          'Repair what the message names, then mark it: ' +
          `npx prisma migrate resolve --rolled-back ${row.migration_name}`,
      );
    }
    if (migration === undefined) {
      throw new MigrationError(
        `The database is ahead: it has migration ${row.migration_name}, this version of Cuebook ends at ` +
          `${migrations.at(-1)?.name ?? 'none'}. Start the version that made it, or restore a backup from before.`,
      );
    }
    if (migration.checksum !== row.checksum) {
      throw new MigrationError(
        `Migration ${row.migration_name} was edited after it had been applied: the database has ${row.checksum}, the ` +
          `file is ${migration.checksum}. Put the file back and write what is new as a migration of its own.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.migration_name));
  return migrations.filter((migration) => !done.has(migration.name));
}

function explain(error: unknown): unknown {
  if (error instanceof pg.DatabaseError && error.code === '55P03') {
    return new MigrationError(
      `Another process has been applying migrations for ${WAIT_FOR_OTHER_MS / 60_000} minutes; look for it (and for ` +
        'what blocks it in pg_stat_activity), then start again.',
    );
  }
  return error;
}
