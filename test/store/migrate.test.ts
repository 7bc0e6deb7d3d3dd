import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATION_LOCK, migrate } from '../../store/migrate/migrate.ts';
import { migrationList, prismaFolder, readMigrations } from '../../store/migrate/migrations.ts';
import { withSchemaEngine } from '../../store/migrate/schema-engine.ts';
import { emptyTestDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyTestDatabase();
});
afterEach(() => database.drop());

async function query(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('the schema', () => {
  it('is what the migrations make', async () => {
    const folder = prismaFolder();
    const path = join(folder, 'schema.prisma');
    const content = await readFile(path, 'utf8');
    const migrations = await migrationList(folder, await readMigrations(folder));
    const difference = await withSchemaEngine(
      database.url,
      (engine) =>
        engine.diff({
          from: { tag: 'migrations', ...migrations },
          to: { tag: 'schemaDatamodel', files: [{ path, content }] },
          script: true,
          exitCode: null,
          filters: { externalTables: [], externalEnums: [] },
        }),
      [[path, content]],
    );
    expect(difference.stdout?.trim()).toBe('-- This is an empty migration.');
  });
});

describe('starting', () => {
  it('brings an empty database up to date, and does nothing the second time', async () => {
    const names = (await readMigrations(prismaFolder())).map((migration) => migration.name);
    expect(await migrate(database.url)).toEqual({ applied: names });
    expect(await migrate(database.url)).toEqual({ applied: [] });
    const { rows } = await query('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL');
    expect(rows.map((row) => row.migration_name)).toEqual(names);
  });

  it('applies once when several start at once', async () => {
    const all = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(all.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    const { rows } = await query('SELECT count(*)::int AS n FROM _prisma_migrations');
    expect(rows[0].n).toBe((await readMigrations(prismaFolder())).length);
  });

  it('waits for another that is in the middle of it', async () => {
    await migrate(database.url);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await other.query('UPDATE _prisma_migrations SET finished_at = NULL');
    const waiting = migrate(database.url);
    await sleep(200);
    await other.query('UPDATE _prisma_migrations SET finished_at = now()');
    await other.end();
    expect(await waiting).toEqual({ applied: [] });
  });

  it('refuses a database that a later version made', async () => {
    await migrate(database.url);
    await query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
                 VALUES ('x', 'y', '29990101000000_later', now())`);
    await expect(migrate(database.url)).rejects.toThrow(/database is ahead: it has migration 29990101000000_later/);
  });

  it('refuses a database on which a migration failed, and says how to go on', async () => {
    await migrate(database.url);
    await query(`UPDATE _prisma_migrations SET finished_at = NULL, logs = 'division by zero'`);
    await expect(migrate(database.url)).rejects.toThrow(/failed on this database.*division by zero.*--rolled-back/s);
  });

  it('refuses a migration whose file was edited after it had been applied', async () => {
    await migrate(database.url);
    await query(`UPDATE _prisma_migrations SET checksum = 'other'`);
    await expect(migrate(database.url)).rejects.toThrow(/was edited after it had been applied/);
  });
});
