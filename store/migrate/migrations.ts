/** The migrations folder, in Prisma's format; found from the sources and from `dist` alike. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  /** `<timestamp>_<words>` */
  name: string;
  sql: string;
  /** Hex SHA-256 of the file, as `_prisma_migrations.checksum` has it. */
  checksum: string;
}

/** The folder `store/prisma`, also where this file was compiled into `dist/store`. */
export function prismaFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'store', 'prisma');
    if (existsSync(join(found, 'migrations', 'migration_lock.toml'))) return found;
  }
  throw new Error(`No folder store/prisma with migrations above ${start}; copy it with dist.`);
}

/** Every migration, in the order in which they apply. */
export async function readMigrations(folder = prismaFolder()): Promise<Migration[]> {
  const entries = await readdir(join(folder, 'migrations'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, 'migrations', name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
