/** For commands that only need the database: the parts are found or booted, and its schema is what this version reads. */

import { migrate, migrateIfEmpty } from '../store/migrate/migrate.ts';
import { type Database, openDatabase } from '../store/postgres/database.ts';
import { askDatabase } from './boot/external-parts.ts';
import { reachingParts } from './boot/with-parts.ts';
import { readEnvironment } from './environment.ts';
import { progress } from './output.ts';
import { createLogger } from './report/log.ts';

/**
 * The database of DATABASE_URL needs no data folder: a command may run where none can be written, as in an image. With a data
 * folder named, or without DATABASE_URL, it is the one of the Cuebook that runs there, or is booted for the work.
 *
 * The schema of a database that others run is brought up to date by those who run it, and by `deploy` (`migrates`).
 *
 * @throws MigrationError MIGRATION_MISSING where that was not done yet, Failure when there is no database to be had, and whatever the work throws.
 */
export async function reachingStore<T>(
  dataDir: string | undefined,
  work: (database: Database) => Promise<T>,
  { migrates = false } = {},
): Promise<T> {
  const environment = readEnvironment();
  const { DATABASE_URL: named } = environment;
  if (named !== undefined && dataDir === undefined) {
    await askDatabase(named);
    await (migrates ? migrate(named) : migrateIfEmpty(named));
    return withStore(named, work);
  }
  const log = createLogger({ level: environment.LOG_LEVEL });
  const options = { environment, needs: { postgres: true }, say: progress, log };
  return reachingParts({ ...options, ...(dataDir === undefined ? {} : { dataDir }) }, async ({ databaseUrl }) => {
    await migrate(databaseUrl!);
    return withStore(databaseUrl!, work);
  });
}

async function withStore<T>(databaseUrl: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(databaseUrl, { max: 4 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
