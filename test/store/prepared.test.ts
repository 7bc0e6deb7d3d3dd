import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { statementName } from '../../store/postgres/prepared.ts';
import { withRetries } from '../../store/postgres/retry.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let server: TestDatabase;
let database: Database;

beforeEach(async () => {
  server = await testDatabase();
  database = openDatabase(server.url, { max: 1 });
});
afterEach(async () => {
  await database.close();
  await server.drop();
});

async function preparedTexts(): Promise<string[]> {
  const { rows } = await database.pool.query('SELECT statement FROM pg_prepared_statements ORDER BY statement');
  return rows.map(({ statement }) => statement);
}

describe('statements with parameters', () => {
  it('are prepared once for each connection, in and out of transactions', async () => {
    for (const n of [1, 2]) {
      expect((await database.pool.query('SELECT $1::int AS n', [n])).rows).toEqual([{ n }]);
      await database.transaction((client) => client.query('SELECT $1::int + 1 AS n', [n]));
    }
    expect(await preparedTexts()).toEqual(['SELECT $1::int + 1 AS n', 'SELECT $1::int AS n']);
  });

  it('that a migration has made stale are prepared anew: the transaction is tried again', async () => {
    await database.pool.query('CREATE TABLE shelf (a int)');
    const read = () => database.transaction((client) => client.query('SELECT * FROM shelf WHERE $1', [true]));
    await read();
    await database.pool.query('ALTER TABLE shelf ADD COLUMN b int; INSERT INTO shelf VALUES (1, 2)');
    await expect(read()).rejects.toThrow(/cached plan/);
    expect((await read()).rows).toEqual([{ a: 1, b: 2 }]);
    await database.pool.query('ALTER TABLE shelf DROP COLUMN b');
    expect((await withRetries(read, { untilMs: 5_000 })).rows).toEqual([{ a: 1 }]);
  });

  // Last: from then on this process prepares nothing new.
  it('are no more than their bound, however many texts there are', async () => {
    const names = Array.from({ length: 3_000 }, (_, n) => statementName(`SELECT ${n}, $1::int`));
    expect(new Set(names.filter((name) => name !== undefined)).size).toBeLessThanOrEqual(1_000);
    expect(names.at(-1)).toBeUndefined();
    expect((await database.pool.query('SELECT 2999, $1::int AS n', [4])).rows).toMatchObject([{ n: 4 }]);
  });
});
