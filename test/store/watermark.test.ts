import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dueSubjects } from '../../store/evaluation/trigger-states.ts';
import { beginWriting } from '../../store/events/events.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { openWatermark } from '../../store/postgres/watermark.ts';
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

describe('a process that starts while an event is being written', () => {
  it('passes no deadline before that event is committed, and can ask PostgreSQL about what it knows', async () => {
    const watermark = openWatermark(database);
    const writer = await database.pool.connect();
    onTestFinished(() => writer.release(true));
    await writer.query('BEGIN');
    const receivedAt = await beginWriting(writer);
    const settled = await watermark.read();
    expect(settled).toBeLessThan(receivedAt);
    expect((await dueSubjects(database.pool, 10)).filter(({ dueAt }) => dueAt < settled)).toEqual([]);
    await writer.query('COMMIT');
    expect(await watermark.reach(receivedAt, 2_000)).toBe(true);
  });
});
