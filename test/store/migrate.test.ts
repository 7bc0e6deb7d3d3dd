import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATION_LOCK, migrate, migrateIfEmpty } from '../../store/migrate/migrate.ts';
import { readMigrations } from '../../store/migrate/migrations.ts';
import { untilWaitedFor } from '../support/lock-waits.ts';
import { emptyTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { deployByPrisma, missingMigration } from '../support/schema-engine.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyTestDatabase();
});
afterEach(() => database.drop());

async function query(sql: string, url = database.url): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('the schema', () => {
  it('is what the migrations make', async () => {
    expect((await missingMigration(database.url)).trim()).toBe('-- This is an empty migration.');
  });
});

describe('starting', () => {
  it('brings an empty database up to date, and does nothing the second time', async () => {
    const names = (await readMigrations()).map((migration) => migration.name);
    expect(await migrate(database.url)).toEqual({ applied: names });
    expect(await migrate(database.url)).toEqual({ applied: [] });
    const { rows } = await query('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL');
    expect(rows.map((row) => row.migration_name)).toEqual(names);
  });

  it('is left to who runs the store: a command that uses one of an earlier version changes nothing, and says so', async () => {
    const all = await readMigrations();
    await migrate(database.url, all.slice(0, -2));
    await expect(migrateIfEmpty(database.url)).rejects.toMatchObject({
      code: 'MIGRATION_MISSING',
      message: expect.stringContaining(`it has not ${all.at(-2)!.name} and 1 more.`),
      hint: expect.stringContaining('cuebook deploy'),
    });
    const { rows } = await query('SELECT count(*)::int AS n FROM _prisma_migrations');
    expect(rows[0].n).toBe(all.length - 2);
    await migrate(database.url);
    await migrateIfEmpty(database.url);
  });

  it('of an empty database is done by whoever comes first', async () => {
    await migrateIfEmpty(database.url);
    expect(await migrate(database.url)).toEqual({ applied: [] });
  });

  it('applies once when several start at once', async () => {
    const all = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    expect(all.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    const { rows } = await query('SELECT count(*)::int AS n FROM _prisma_migrations');
    expect(rows[0].n).toBe((await readMigrations()).length);
  });

  it('waits for another that is in the middle of it', async () => {
    await migrate(database.url);
    const other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await other.query('UPDATE _prisma_migrations SET finished_at = NULL');
    const waiting = migrate(database.url);
    await untilWaitedFor(other);
    await other.query('UPDATE _prisma_migrations SET finished_at = now()');
    await other.end();
    expect(await waiting).toEqual({ applied: [] });
  });

  it('refuses a database that a later version made', async () => {
    await migrate(database.url);
    await query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at)
                 VALUES ('x', 'y', '29990101000000_later', now())`);
    await expect(migrate(database.url)).rejects.toMatchObject({
      code: 'DATABASE_AHEAD',
      message: expect.stringContaining('database is ahead: it has migration 29990101000000_later'),
      hint: expect.stringContaining('Start the version that made it'),
    });
  });

  it('refuses a database on which a migration failed, and says how to go on', async () => {
    await migrate(database.url);
    await query(`UPDATE _prisma_migrations SET finished_at = NULL, logs = 'division by zero'`);
    await expect(migrate(database.url)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringMatching(/failed on this database.*division by zero/s),
      hint: expect.stringContaining('--rolled-back'),
    });
  });

  it('refuses a migration whose file was edited after it had been applied', async () => {
    await migrate(database.url);
    await query(`UPDATE _prisma_migrations SET checksum = 'other'`);
    await expect(migrate(database.url)).rejects.toThrow(/was edited after it had been applied/);
  });

  it('leaves nothing of a migration that fails, says which and why, and goes on once it is repaired', async () => {
    const good = { name: '1_good', sql: 'CREATE TABLE good (n int);', checksum: 'a' };
    const bad = { name: '2_bad', sql: 'CREATE TABLE bad (n int);\nSELECT * FROM unknown;', checksum: 'b' };
    const failing = migrate(database.url, [good, bad]);
    await expect(failing).rejects.toThrow(
      'Migration 2_bad failed, and nothing of it stays: relation "unknown" does not exist (line 2)',
    );
    const left = `SELECT to_regclass('good') IS NOT NULL AS good, to_regclass('bad') IS NOT NULL AS bad,
                         ARRAY(SELECT migration_name::text FROM _prisma_migrations) AS names`;
    expect((await query(left)).rows).toEqual([{ good: true, bad: false, names: ['1_good'] }]);
    const unrecorded = { ...bad, sql: 'CREATE TABLE bad (n int);', name: 'x'.repeat(256) };
    await expect(migrate(database.url, [good, unrecorded])).rejects.toThrow('too long');
    expect((await query(left)).rows).toEqual([{ good: true, bad: false, names: ['1_good'] }]);
    const repaired = { ...bad, sql: 'CREATE TABLE bad (n int);' };
    expect(await migrate(database.url, [good, repaired])).toEqual({ applied: ['2_bad'] });
  });
});

describe("Prisma's own command line", () => {
  it('finds nothing to do on a database that was made here, whose rows are as it writes them', async () => {
    const migrations = await readMigrations();
    await migrate(database.url);
    expect(await deployByPrisma(database.url, migrations)).toEqual([]);
    const other = await emptyTestDatabase();
    await deployByPrisma(other.url, migrations);
    const described = `SELECT (SELECT jsonb_agg(to_jsonb(c) ORDER BY ordinal_position)
        FROM (SELECT ordinal_position, column_name, data_type, character_maximum_length, is_nullable, column_default
                FROM information_schema.columns WHERE table_name = '_prisma_migrations') c) AS columns,
      (SELECT jsonb_agg(jsonb_build_array(length(id), checksum, migration_name, logs, rolled_back_at, applied_steps_count,
                                          started_at <= finished_at) ORDER BY started_at) FROM _prisma_migrations) AS rows`;
    const [ours, theirs] = await Promise.all([query(described), query(described, other.url)]);
    expect(ours.rows).toEqual(theirs.rows);
    await other.drop();
  });

  it('may have made a database: only what is newer is applied', async () => {
    const migrations = await readMigrations();
    await deployByPrisma(database.url, migrations.slice(0, -2));
    expect(await migrate(database.url)).toEqual({ applied: migrations.slice(-2).map(({ name }) => name) });
    expect(await migrate(database.url)).toEqual({ applied: [] });
  });
});

describe('firings that were kept by an earlier version', () => {
  const insert = (id: string, status: string) =>
    query(`INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, by_time, made_at)
           VALUES ('${id}', 'p', 'v', 'contact', 'ada', '', now(), 0, '{}', '${status}', false, now())`);
  const statuses = async () => (await query('SELECT status FROM firings ORDER BY id')).rows.map(({ status }) => status);

  it('are deferred, with their decisions; also what such a version writes from then on', async () => {
    const migrations = await readMigrations();
    const renames = migrations.findIndex(({ name }) => name.endsWith('_deferred'));
    await migrate(database.url, migrations.slice(0, renames));
    await insert('1', 'kept');
    await insert('2', 'enrolled');
    await query(`INSERT INTO decisions (firing_id, subject_type, subject_id, kind, verdict, at, decided_at)
                 SELECT id, 'contact', 'ada', 'entry', status, at, at FROM firings`);
    await migrate(database.url);
    expect(await statuses()).toEqual(['deferred', 'enrolled']);
    const { rows } = await query('SELECT verdict FROM decisions ORDER BY firing_id');
    expect(rows.map(({ verdict }) => verdict)).toEqual(['deferred', 'enrolled']);
    await insert('3', 'kept');
    await query("UPDATE firings SET status = 'kept' WHERE id = '2'");
    expect(await statuses()).toEqual(['deferred', 'deferred', 'deferred']);
  });
});
