/** For commands that only need the database: the parts are found or booted, and its schema is brought up to date. */

import { migrate } from '../store/migrate/migrate.ts';
import { type Database, openDatabase } from '../store/postgres/database.ts';
import { reachingParts } from './boot/with-parts.ts';
import { readEnvironment } from './environment.ts';
import { progress } from './output.ts';
import { createLogger } from './report/log.ts';

/** @throws Failure when there is no database to be had, and whatever the work throws. */
export async function reachingStore<T>(
  dataDir: string | undefined,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const environment = readEnvironment();
  const log = createLogger({ level: environment.LOG_LEVEL });
  const options = { environment, needs: { postgres: true }, say: progress, log };
  return reachingParts({ ...options, ...(dataDir === undefined ? {} : { dataDir }) }, async ({ databaseUrl }) => {
    await migrate(databaseUrl!);
    const database = openDatabase(databaseUrl!, { max: 4 });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  });
}
