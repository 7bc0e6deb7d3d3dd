import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

describe('statements that go out together', () => {
  it('are answered in their order', async () => {
    const asked = (n: number) =>
      database.pool.query<{ n: number }>('SELECT $1::int AS n', [n]).then(({ rows }) => rows[0]!.n);
    expect(await together([asked(1), asked(2), 'as it is'])).toEqual([1, 2, 'as it is']);
  });

  it('fail with the error of the one that failed, though those behind it were heard first', async () => {
    const failing = database.transaction((client) => {
      // However deep below whoever awaits it: its answer is heard later than that of the next.
      const deep = async () => {
        try {
          return await client.query('SELECT 1 / 0');
        } catch (error) {
          await new Promise((resolve) => setImmediate(resolve));
          throw error;
        }
      };
      return together([deep(), client.query('SELECT 1')]);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
  });
});
