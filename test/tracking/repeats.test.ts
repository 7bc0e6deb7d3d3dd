/** On the wire, two equal calls without id and timestamp: within a second one event, a day later two, by every route (E2). */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { answerProblems } from '../../server/answer-errors.ts';
import { trackingApi } from '../../server/tracking/tracking-api.ts';
import { writeKeys } from '../../store/events/write-keys.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const KEY = 'a-write-key-of-this-test';
const NOON = Date.parse('2026-03-02T12:00:00.100Z');
const DAY_MS = 86_400_000;
const CALL = { userId: 'ada', event: 'cart.updated', properties: { cart: 'c1' } };
let server: TestDatabase;
let database: Database;
let app: FastifyInstance;

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  app = Fastify();
  answerProblems(app);
  await app.register(trackingApi, { database, writeKeys: writeKeys([{ source: 'shop', key: KEY, scope: 'server' }]) });
});
afterEach(async () => {
  vi.useRealTimers();
  await database.pool.query('TRUNCATE events, event_keys, pending_events');
});
afterAll(async () => {
  await app.close();
  await database.close();
  await server.drop();
});

/** Sends at a real instant: a client that tries again knows of no other clock. */
async function sendAt(atMs: number, url: string, payload: object): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: atMs });
  const authorization = `Basic ${btoa(`${KEY}:`)}`;
  const answer = await app.inject({ method: 'POST', url, headers: { authorization }, payload });
  expect([answer.statusCode, answer.json()]).toMatchObject([200, { success: true }]);
}
const stored = async () =>
  (await database.pool.query<{ n: number }>('SELECT count(*)::int AS n FROM events')).rows[0]!.n;

const WAYS: [string, string, object][] = [
  ['track', '/v1/track', CALL],
  ['a batch', '/v1/batch', { batch: [{ type: 'track', ...CALL }] }],
  [
    'a batch that says when it was sent',
    '/v1/batch',
    { batch: [{ type: 'track', ...CALL }], sentAt: '2026-03-02T12:00:00Z' },
  ],
  ['identify', '/v1/identify', { userId: 'ada', traits: { plan: 'pro' } }],
];

describe.each(WAYS)('%s', (_name, url, payload) => {
  it('sent twice within a second is stored once', async () => {
    await sendAt(NOON, url, payload);
    await sendAt(NOON + 800, url, payload);
    expect(await stored()).toBe(1);
  });

  it('sent again a day later is stored again', async () => {
    await sendAt(NOON, url, payload);
    await sendAt(NOON + DAY_MS, url, payload);
    expect(await stored()).toBe(2);
  });
});

it('an id makes it one whenever it comes, and so does a timestamp', async () => {
  for (const own of [{ messageId: 'm1' }, { timestamp: '2026-03-01T10:00:00Z' }]) {
    await sendAt(NOON, '/v1/track', { ...CALL, ...own });
    await sendAt(NOON + DAY_MS, '/v1/track', { ...CALL, ...own });
  }
  expect(await stored()).toBe(2);
});
