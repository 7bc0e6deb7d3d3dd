/** E6: consent is merged by its parts in the store as in virtual time, in whatever order its writes come. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, Traits } from '../../language/model.ts';
import { applyPatch } from '../../language/records/traits.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { rebuildMergedRecords } from '../../store/records/identity-links.ts';
import { mergePatches, readRecords, readRecordsAt } from '../../store/records/records.ts';
import { testDatabase } from '../support/postgres.ts';

let store: { url: string; drop(): Promise<void> };
let database: Database;
beforeAll(async () => {
  store = await testDatabase();
  database = openDatabase(store.url);
});
afterAll(async () => {
  await database.close();
  await store.drop();
});

const START = Date.UTC(2026, 2, 2, 10);
const at = (minute: number) => START + minute * 60_000;
const place = (minute: number) => ({ at: at(minute), receivedAt: at(minute), arrival: minute });

/** A minute each, from the first on. */
const PATCHES: Traits[] = [
  { email: 'ada@shop.example', consent: { marketing: true, topics: { wellness: true, 'news.weekly': true } } },
  { consent: { topics: { wellness: null }, channels: { sms: true } } },
  { consent: { topics: { offers: true } }, plan: 'pro' },
  { consent: null },
  { consent: { topics: { offers: false } } },
  { consent: { marketing: true } },
];
const folded = (count: number): Traits =>
  PATCHES.slice(0, count).reduce((traits, patch) => applyPatch(traits, patch), {});

async function write(id: string, order: readonly number[]): Promise<void> {
  for (const minute of order) {
    await mergePatches(database.pool, [{ patch: { type: 'contact', id, traits: PATCHES[minute]! }, ...place(minute) }]);
  }
}

async function now(id: string): Promise<Traits | undefined> {
  return (await readRecords(database.pool, [{ type: 'contact', id }])).get(`contact/${id}`);
}

describe('the store', () => {
  it.each([
    ['in order', [0, 1, 2, 3, 4, 5]],
    ['the other way round', [5, 4, 3, 2, 1, 0]],
    ['late', [1, 5, 0, 3, 2, 4]],
  ])('puts a consent together from its parts: %s', async (name, order) => {
    await write(name, order);
    expect(await now(name)).toEqual(folded(6));
    const wanted = [0, 1, 2, 3, 4, 5].map((minute) => ({ type: 'contact' as const, id: name, at: at(minute) }));
    const found = await readRecordsAt(database.pool, wanted);
    expect(wanted.map(({ at: instant }) => found.get(`contact/${name}@${instant}`))).toEqual(
      [1, 2, 3, 4, 5, 6].map(folded),
    );
  });

  it('takes a consent that an older release wrote as a whole for what it was', async () => {
    const whole: Json = { marketing: true, topics: { a: true } };
    await database.pool.query(
      `INSERT INTO trait_writes (type, id, trait, at, received_at, arrival, value)
       VALUES ('contact', 'old', 'consent', cuebook_instant($1), cuebook_instant($1), 0, $2)`,
      [at(0), JSON.stringify(whole)],
    );
    const patch = { type: 'contact' as const, id: 'old', traits: { consent: { topics: { b: true } } } };
    await mergePatches(database.pool, [{ patch, ...place(1) }]);
    expect(await now('old')).toEqual({ consent: { marketing: true, topics: { a: true, b: true } } });
  });

  it('rebuilds it when an id becomes another contact’s', async () => {
    await write('heir', [0, 2, 1]);
    await database.pool.query(`UPDATE contacts SET traits = '{"consent": "broken"}' WHERE id = 'heir'`);
    await write('none', [3]);
    await rebuildMergedRecords(database.pool, ['heir', 'none'], []);
    expect(await now('heir')).toEqual(folded(3));
    expect(await now('none')).toEqual({});
  });
});
