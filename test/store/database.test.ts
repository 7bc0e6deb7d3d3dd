import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { isTransient, withRetries } from '../../store/postgres/retry.ts';
import { together } from '../../store/postgres/together.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { wireTo } from './unplugged.ts';

let server: TestDatabase;
let database: Database;

beforeEach(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
});
afterEach(async () => {
  await database.close();
  await server.drop();
});

describe('reading', () => {
  it('gives instants as milliseconds and bigints as numbers, and Prisma its own types from the same pool', async () => {
    const { rows } = await database.pool.query(
      `SELECT timestamptz '2026-03-02 11:00:00.123+01' AS at, 9007199254740991 AS n`,
    );
    expect(rows[0]).toEqual({ at: Date.parse('2026-03-02T10:00:00.123Z'), n: 9007199254740991 });
    expect((await database.prisma.clock.findFirstOrThrow()).virtualOrigin).toBeInstanceOf(Date);
  });

  it('refuses a bigint that a number cannot hold exactly', async () => {
    await expect(database.pool.query('SELECT 9007199254740993 AS n')).rejects.toThrow(/9007199254740993/);
  });

  it('counts an instant back and forth exactly, whatever its milliseconds', async () => {
    const { rows } = await database.pool.query(
      `SELECT count(*) AS wrong FROM generate_series(1772445600000, 1772445601000) AS ms
        WHERE cuebook_ms(cuebook_instant(ms)) <> ms`,
    );
    expect(rows[0].wrong).toBe(0);
  });
});

describe('a transaction', () => {
  const count = async () => (await database.pool.query('SELECT count(*) AS n FROM settings')).rows[0].n;

  it('commits what it did, or nothing', async () => {
    await database.transaction((client) => client.query(`INSERT INTO settings VALUES ('a', '1')`));
    const failing = database.transaction(async (client) => {
      await client.query(`INSERT INTO settings VALUES ('b', '1')`);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await count()).toBe(1);
  });

  it('is not taken for committed when a failed statement in it was ignored', async () => {
    const careless = database.transaction(async (client) => {
      await client.query(`INSERT INTO settings VALUES ('a', '1')`);
      await client.query('SELECT 1 / 0').catch(() => undefined);
    });
    await expect(careless).rejects.toThrow(/rolled back/);
    expect(await count()).toBe(0);
  });

  it('commits behind its last statements, and answers what they answer', async () => {
    const n = await database.transaction(async (client, commit) => {
      await client.query(`INSERT INTO settings VALUES ('a', '1')`);
      const { rowCount } = await commit(client.query(`INSERT INTO settings VALUES ('b', '1')`));
      return rowCount;
    });
    expect(n).toBe(1);
    expect(await count()).toBe(2);
  });

  it('is rolled back where one of the last statements fails, and throws the first error', async () => {
    const failing = database.transaction((client, commit) =>
      commit(
        together([
          client.query(`INSERT INTO settings VALUES ('a', '1')`),
          client.query('SELECT 1 / 0'),
          client.query(`INSERT INTO settings VALUES ('b', '1')`),
        ]),
      ),
    );
    await expect(failing).rejects.toThrow('division by zero');
    expect(await count()).toBe(0);
  });

  it('takes nothing behind its COMMIT: that would be outside of it', async () => {
    const late = database.transaction(async (client, commit) => {
      const committed = commit(client.query(`INSERT INTO settings VALUES ('a', '1')`));
      await Promise.all([committed, (async () => client.query(`INSERT INTO settings VALUES ('b', '1')`))()]);
    });
    await expect(late).rejects.toThrow('behind the COMMIT');
    expect((await database.pool.query(`SELECT name FROM settings`)).rows).not.toContainEqual({ name: 'b' });
    // The connection is as good as new.
    await database.transaction((client) => client.query(`INSERT INTO settings VALUES ('c', '1')`));
  });

  it('and what is asked at once goes out in one piece', async () => {
    const wire = await wireTo(server.url);
    const behind = openDatabase(wire.url);
    await behind.pool.query('SELECT 1');
    const before = wire.roundTrips();
    await behind.transaction(async (client, commit) => {
      await together([client.query('SELECT 1'), client.query('SELECT $1::int AS n', [2])]);
      await commit(together([client.query('SELECT 3'), client.query('SELECT $1::int AS n', [4])]));
    });
    expect(wire.roundTrips() - before).toBe(2);
    await behind.close();
    await wire.close();
  });

  it('that falls silent lets its locks go', async () => {
    const silent = database.transaction(
      async (client) => {
        await client.query('SELECT pg_advisory_xact_lock(1)');
        await new Promise((resolve) => setTimeout(resolve, 600));
        await client.query('SELECT 1');
      },
      { timeoutMs: 100 },
    );
    const outcome = silent.catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = performance.now();
    await database.transaction((client) => client.query('SELECT pg_advisory_xact_lock(1)'));
    expect(performance.now() - before).toBeLessThan(500);
    expect(isTransient(await outcome)).toBe(true);
  });

  it('is cut when PostgreSQL stops answering', async () => {
    const wire = await wireTo(server.url);
    const behind = openDatabase(wire.url);
    const hanging = behind.transaction(
      async (client) => {
        wire.freeze();
        await client.query('SELECT 1');
      },
      { totalMs: 200 },
    );
    const error = await hanging.catch((it: unknown) => it);
    expect(error).toMatchObject({ name: 'DatabaseTimeout' });
    expect(isTransient(error)).toBe(true);
    await wire.close();
    await behind.close();
  });
});

describe('what may be tried again', () => {
  it('is a lost connection, a server that is away, a deadlock', async () => {
    const killed = database.transaction(async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await client.query('SELECT 1');
    });
    expect(isTransient(await killed.catch((error: unknown) => error))).toBe(true);

    const wire = await wireTo(server.url);
    await wire.unplug();
    const away = openDatabase(wire.url);
    expect(isTransient(await away.pool.query('SELECT 1').catch((error: unknown) => error))).toBe(true);
    expect(isTransient(await away.prisma.clock.count().catch((error: unknown) => error))).toBe(true);
    await away.close();

    const locking = (first: number, second: number) =>
      database.transaction(async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [first]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await client.query('SELECT pg_advisory_xact_lock($1)', [second]);
      });
    const settled = await Promise.allSettled([locking(1, 2), locking(2, 1)]);
    const reasons = settled.flatMap((it) => (it.status === 'rejected' ? [it.reason] : []));
    expect(reasons.map(isTransient)).toEqual([true]);
  });

  it('is not a statement that is wrong', async () => {
    expect(isTransient(await database.pool.query('SELEKT').catch((error: unknown) => error))).toBe(false);
    expect(isTransient(new Error('no'))).toBe(false);
  });

  it('succeeds once the server is back, and is given up when the time is over', async () => {
    const wire = await wireTo(server.url);
    const behind = openDatabase(wire.url);
    await behind.pool.query('SELECT 1');
    await wire.unplug();
    setTimeout(() => void wire.plug(), 200);
    const { rows } = await withRetries(() => behind.pool.query('SELECT 1 AS n'), { untilMs: 5_000 });
    expect(rows[0].n).toBe(1);
    await wire.unplug();
    const before = performance.now();
    await expect(withRetries(() => behind.pool.query('SELECT 1'), { untilMs: 300 })).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(3_000);
    await behind.close();
  });
});
