import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendSystemEvents } from '../../store/events/events.ts';
import { now, resumeClock, saveClock, setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const MARCH = Date.parse('2026-03-02T10:00:00Z');
const HOUR = 3_600_000;
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

describe('the clock', () => {
  it("is PostgreSQL's, to the millisecond, unless it is told otherwise", async () => {
    const { rows } = await database.pool.query('SELECT clock_timestamp() AS real, cuebook_now() AS now');
    expect(rows[0].now).toBeGreaterThanOrEqual(rows[0].real);
    expect(rows[0].now - rows[0].real).toBeLessThan(1_000);
    expect(Number.isInteger(rows[0].now)).toBe(true);
  });

  it('runs as many times faster as it is warped', async () => {
    await setClock(database, { mode: 'warped', warp: 36_000, at: MARCH });
    const before = await now(database.pool);
    await sleep(200);
    const passedMs = (await now(database.pool)) - before;
    expect(before).toBeGreaterThanOrEqual(MARCH);
    expect(passedMs).toBeGreaterThanOrEqual(2 * HOUR * 0.95);
    expect(passedMs).toBeLessThan(30 * HOUR);
  });

  it('goes on from where it is when the warp changes', async () => {
    await setClock(database, { mode: 'warped', warp: 1, at: MARCH });
    const { now: after } = await setClock(database, { mode: 'warped', warp: 3600 });
    expect(after - MARCH).toBeLessThan(HOUR);
  });

  it('stands still while nothing runs', async () => {
    await setClock(database, { mode: 'warped', warp: 3_600, at: MARCH });
    await saveClock(database.pool);
    const saved = await now(database.pool);
    await sleep(1_000);
    const { now: resumed } = await resumeClock(database);
    expect(resumed - saved).toBeLessThan(HOUR / 2);
  });

  it('never goes back behind what was received, even after a crash that saved nothing', async () => {
    await setClock(database, { mode: 'warped', warp: 36_000, at: MARCH });
    await sleep(100);
    await database.transaction((client) =>
      appendSystemEvents(client, [{ name: 'task.done', subjects: [{ type: 'contact', id: 'ada' }], properties: {} }]),
    );
    const { rows } = await database.pool.query('SELECT max(received_at) AS latest FROM events');
    expect(rows[0].latest).toBeGreaterThan(MARCH + HOUR / 2);
    expect((await resumeClock(database)).now).toBeGreaterThanOrEqual(rows[0].latest);
    await expect(setClock(database, { mode: 'stepped', at: MARCH - 1 })).rejects.toThrow(/never runs backwards/);
  });

  it('moves by hand when it is stepped, and only forward', async () => {
    await setClock(database, { mode: 'stepped', at: MARCH });
    await sleep(20);
    expect(await now(database.pool)).toBe(MARCH);
    await stepClock(database.pool, MARCH + 1);
    expect(await now(database.pool)).toBe(MARCH + 1);
    await expect(stepClock(database.pool, MARCH)).rejects.toThrow(/cannot be stepped back to 2026-03-02T10:00:00.000Z/);
    await setClock(database, { mode: 'real' });
    await expect(stepClock(database.pool, Date.now() + HOUR)).rejects.toThrow(/only a stepped one/);
  });
});
