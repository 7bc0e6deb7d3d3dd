/** What a playbook, and an arm of an experiment, changed: counted by the database (G4). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { readLift } from '../../store/reports/measured/read-lift.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { enrol } from './people.ts';

const MARCH = { from: Date.parse('2026-03-01T00:00:00Z'), until: Date.parse('2026-04-01T00:00:00Z') };

let test: TestDatabase;
let database: Database;
beforeEach(async () => {
  test = await testDatabase();
  database = openDatabase(test.url);
});
afterEach(async () => {
  await database.close();
  await test.drop();
});

const lifts = (playbook = 'carts') => readLift(database.pool, [playbook], MARCH).then(([lift]) => lift!);
const bounds = (interval: readonly number[] | null | undefined) => interval?.map((bound) => Number(bound.toFixed(4)));

describe('lift over who was held out', () => {
  it("is the example of Newcombe's table: 56 of 70 against 48 of 80", async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 70, converted: 56, value: 10 });
    await enrol(database.pool, { playbook: 'carts', prefix: 'h', count: 80, converted: 48, value: 10, ghost: true });
    const { treated, heldOut, lift } = await lifts();
    expect(treated).toMatchObject({ people: 70, converters: 56, rate: 0.8, value: 560, valuePerPerson: 8 });
    expect(heldOut).toMatchObject({ people: 80, converters: 48, rate: 0.6, value: 480 });
    if (lift === null || 'tooFew' in lift) throw new Error('no lift');
    expect(lift.difference.estimate).toBeCloseTo(0.2);
    expect(bounds(lift.difference.interval)).toEqual([0.0524, 0.3339]);
    expect(lift.relative!.estimate).toBeCloseTo(1 / 3);
    expect(lift).toMatchObject({ verdict: 'better', stillNeeded: null });
    // 70 of 80 held out would have been 42: 14 more, worth 140.
    expect(lift.incremental.converters.estimate).toBeCloseTo(14);
    expect(lift.incremental.converters.interval!.map(Math.round)).toEqual([4, 23]);
    expect(lift.incremental.value.estimate).toBeCloseTo(140);
  });

  it('counts each person once, however often they entered and were converted; their value is all of it', async () => {
    for (const at of ['2026-03-02T09:00:00Z', '2026-03-09T09:00:00Z']) {
      await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 40, converted: 10, value: 5, at });
    }
    expect((await lifts()).treated).toMatchObject({ people: 40, converters: 10, value: 100, valuePerPerson: 2.5 });
  });

  it('counts by when people entered, whenever they were converted', async () => {
    const before = { playbook: 'carts', prefix: 'b', count: 5, converted: 5, at: '2026-02-28T23:59:59Z' };
    const last = { playbook: 'carts', prefix: 'l', count: 7, converted: 3, at: '2026-03-31T23:59:59Z' };
    await enrol(database.pool, before);
    await enrol(database.pool, last);
    expect((await lifts()).treated).toMatchObject({ people: 7, converters: 3 });
  });

  it('says that there are too few, and no number', async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 500, converted: 50 });
    await enrol(database.pool, { playbook: 'carts', prefix: 'h', count: 29, converted: 2, ghost: true });
    expect((await lifts()).lift).toEqual({ tooFew: { least: 30, leastConverters: 5 } });
  });

  it('says how many are still needed where chance alone may have made it', async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 100, converted: 40 });
    await enrol(database.pool, { playbook: 'carts', prefix: 'h', count: 50, converted: 15, ghost: true });
    const { lift } = await lifts();
    expect(lift).toMatchObject({ verdict: 'undecided', stillNeeded: 659 });
  });

  it('is not there where nobody was held out', async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 100, converted: 40 });
    expect((await lifts()).lift).toBeNull();
  });

  it('leaves out who stood on both sides, by a merge or by a holdout that was changed', async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 50, converted: 10 });
    await enrol(database.pool, { playbook: 'carts', prefix: 'h', count: 50, converted: 5, ghost: true });
    // t1 to t3 come again, by then held out.
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 3, ghost: true, at: '2026-03-20T09:00:00Z' });
    await database.pool.query(
      `INSERT INTO holdout_sides (playbook, subject_type, subject_id, ghost, mixed)
       VALUES ('carts', 'contact', 'h50', true, true), ('carts', 'contact', 'h49', true, false)`,
    );
    expect(await lifts()).toMatchObject({ treated: { people: 47 }, heldOut: { people: 49 }, leftOut: 4 });
  });

  it('takes no `record` step for a conversion, whatever its name', async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 't', count: 40, converted: 10 });
    await database.pool.query("UPDATE outcomes SET path = 'steps.2' WHERE subject_id IN ('t1', 't2')");
    expect((await lifts()).treated.converters).toBe(8);
  });
});

describe('an experiment', () => {
  const arm = (name: string) => ({ experiment: 'photo', arm: name });
  const deploy = (arms: string[]) =>
    database.pool.query(
      `WITH version AS (INSERT INTO playbook_versions (hash, playbook, content, created_at) VALUES ('v', 'carts', $1, now()))
       INSERT INTO deployments (playbook, version_hash, trigger_hash, deployed_at) VALUES ('carts', 'v', 't', now())`,
      [
        {
          playbook: {
            steps: {
              'steps.0': { kind: 'send', config: {} },
              'steps.1': { kind: 'split', config: { experiment: 'photo', arms: arms.map((name) => ({ name })) } },
            },
          },
        },
      ],
    );

  it('compares each arm with the first of the file', async () => {
    await deploy(['plain', 'photo', 'film']);
    await enrol(database.pool, { playbook: 'carts', prefix: 'a', count: 80, converted: 48, arm: arm('plain') });
    await enrol(database.pool, { playbook: 'carts', prefix: 'b', count: 70, converted: 56, arm: arm('photo') });
    await enrol(database.pool, { playbook: 'carts', prefix: 'c', count: 9, converted: 9, arm: arm('gone') });
    const [experiment] = (await lifts()).experiments;
    expect(experiment!.arms.map(({ arm: name, people }) => [name, people])).toEqual([
      ['plain', 80],
      ['photo', 70],
      ['film', 0],
      ['gone', 9],
    ]);
    const [first, second, third] = experiment!.arms;
    expect(first!.lift).toBeNull();
    if (second!.lift === null || 'tooFew' in second!.lift) throw new Error('no lift');
    expect(bounds(second!.lift.difference.interval)).toEqual([0.0524, 0.3339]);
    expect(third!.lift).toHaveProperty('tooFew');
  });

  it('counts no ghosts, and nothing from before the assignment', async () => {
    await enrol(database.pool, { playbook: 'carts', prefix: 'a', count: 40, converted: 10, arm: arm('plain') });
    await enrol(database.pool, {
      playbook: 'carts',
      prefix: 'g',
      count: 40,
      converted: 10,
      arm: arm('plain'),
      ghost: true,
    });
    await database.pool.query("UPDATE assignments SET at = '2026-03-05T00:00:00Z' WHERE subject_id IN ('a1', 'a2')");
    expect((await lifts()).experiments[0]!.arms[0]).toMatchObject({ people: 40, converters: 8 });
  });
});
