/** A batch that says much for all of its calls is read and written in pieces: whoever else asks is answered meanwhile. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseBatch } from '../../server/tracking/batch.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { jsonTexts } from '../../store/postgres/json-texts.ts';
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

/** How many turns others have had while some work went on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let goesOn = true;
  const take = () => {
    turns++;
    if (goesOn) setImmediate(take);
  };
  setImmediate(take);
  await work();
  goesOn = false;
  return turns;
}

it('many calls with a long context leave others many turns', async () => {
  const context = { seen: Array.from({ length: 3_000 }, (_, n) => n) };
  const batch = Array.from({ length: 1_000 }, (_, n) => ({ type: 'track', userId: `u${n}`, event: 'seen' }));
  const parsed = parseBatch({ batch, context }, { source: 'web' });
  expect(await turnsDuring(() => parsed)).toBeGreaterThan(3);
  const { events } = await parsed;
  expect(events).toHaveLength(1_000);
  const written = jsonTexts([...events, ...events, ...events].map((event) => ({ ...event.properties, context })));
  expect(await turnsDuring(() => written)).toBeGreaterThan(3);
});

it('values come to the database as they are, whatever stands in their texts', async () => {
  const values = [
    { quote: '"', slash: '\\"\\', braces: '{,}' },
    { line: 'a\nb\tc', word: 'ünï 😀' },
    [],
    null,
    'NULL',
    1.5,
  ];
  const { rows } = await database.pool.query<{ value: unknown }>(
    'SELECT text::jsonb AS value FROM unnest($1::text[]) WITH ORDINALITY AS t (text, n) ORDER BY n',
    [await jsonTexts(values)],
  );
  expect(rows.map(({ value }) => value)).toEqual(values);
  expect((await database.pool.query('SELECT $1::text[] AS none', [await jsonTexts([])])).rows).toEqual([{ none: [] }]);
});
