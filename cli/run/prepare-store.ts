/** Brings a store up to this version before anything runs on it. */

import { migrate } from '../../store/migrate/migrate.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';

/**
 * Migrates, then does what has to be done before events and journeys move: the clock, the playbooks.
 *
 * @throws what migrating or the work throws.
 */
export async function prepareStore<T>(databaseUrl: string, work: (database: Database) => Promise<T>): Promise<T> {
  await migrate(databaseUrl);
  const database = openDatabase(databaseUrl, { max: 2 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
