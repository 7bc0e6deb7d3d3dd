import { gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerProblems } from '../../server/answer-errors.ts';
import { trackingApi } from '../../server/tracking/tracking-api.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import { writeKeys } from '../../store/events/write-keys.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type Wire, wireTo } from '../store/unplugged.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let server: TestDatabase;
let wire: Wire;
let direct: Database;
let database: Database;
let app: FastifyInstance;
const keys = writeKeys([
  { source: 'web', key: 'web-key' },
  { source: 'app', key: 'app-key', scope: 'client' },
]);

beforeAll(async () => {
  server = await testDatabase();
});
afterAll(() => server.drop());
beforeEach(async () => {
  wire = await wireTo(server.url);
  direct = openDatabase(server.url);
  await direct.pool.query('TRUNCATE events, event_keys, pending_events, timeline');
  database = openDatabase(wire.url);
  app = Fastify();
  answerProblems(app);
  await app.register(trackingApi, { database, writeKeys: keys, limits: { retryMs: 200 } });
});
afterEach(async () => {
  await app.close();
  await database.close();
  await wire.close();
  await direct.close();
});

const basic = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
const AUTH = { authorization: basic('web-key') };
const post = (url: string, payload: object | string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...AUTH, ...headers } });
const timeline = (id: string) => readTimeline(direct.pool, { type: 'contact', id }, { limit: 10_000 });
const call = (n: number | string) => ({ type: 'track', event: 'x', userId: 'ada', messageId: `m${n}` });

describe('a call', () => {
  it('is stored when it is answered, on each of the routes (E1, E7)', async () => {
    const calls = {
      track: { event: 'cart.updated', properties: { value: 80 } },
      identify: { traits: { email: 'ada@example.com' } },
      page: { name: 'Pricing' },
      screen: { name: 'Home' },
      group: { groupId: 'acme', traits: { plan: 'pro' } },
      alias: { previousId: 'x' },
    };
    for (const [type, body] of Object.entries(calls)) {
      const answer = await post(`/v1/${type}`, { userId: 'ada', ...body });
      expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
    }
    const stored = await timeline('ada');
    expect(stored.map((it) => [it.kind, it.name, it.source])).toEqual([
      ['track', 'cart.updated', 'web'],
      ['identify', 'identify', 'web'],
      ['page', 'page', 'web'],
      ['screen', 'screen', 'web'],
      ['group', 'group', 'web'],
      ['alias', 'alias', 'web'],
    ]);
  });

  it('keeps ids that a double would round as they were written (E8)', async () => {
    const body = '{"userId":90071992547409931,"event":"x","properties":{"cart":90071992547409933,"value":80}}';
    expect((await post('/v1/track', body)).statusCode).toBe(200);
    const [stored] = await timeline('90071992547409931');
    expect(stored?.properties).toEqual({ cart: '90071992547409933', value: 80 });
  });

  it('as a browser sends it: text/plain, no header, the key in the body, the short route', async () => {
    const body = {
      event: 'x',
      anonymousId: 'a-1',
      writeKey: 'app-key',
      context: { library: { name: 'analytics.js' } },
    };
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/t',
      headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
      payload: JSON.stringify(body),
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect((await timeline('anon:a-1'))[0]?.source).toBe('app');
  });

  it('may carry any header from a page, and whatever is answered can be read there', async () => {
    const origin = 'https://shop.example';
    const ask = (headers: object) => app.inject({ method: 'OPTIONS', url: '/v1/t', headers: { origin, ...headers } });
    const asked = await ask({ 'access-control-request-headers': 'content-type,x-retry-count, x-shop' });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers['access-control-allow-headers']).toBe('content-type,x-retry-count, x-shop');
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const odd = await ask({ 'access-control-request-headers': 'a\u0001b' });
    expect(odd.headers['access-control-allow-headers']).toBe('authorization, content-type');
    for (const [url, status] of [
      ['/v1/t', 401],
      ['/v1/nothing', 404],
    ] as const) {
      const answer = await app.inject({ method: 'POST', url, headers: { origin }, payload: {} });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['access-control-expose-headers']).toBe('retry-after');
    }
  });

  it('that is gzip is read whatever its type says it is; its time and its traits where RudderStack puts them', async () => {
    const body = gzipSync(
      JSON.stringify({
        type: 'identify',
        userId: 'ada',
        originalTimestamp: '2026-03-01T08:00:00Z',
        context: { traits: { plan: 'pro', seats: 1 } },
        traits: { seats: 2 },
      }),
    );
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/x-www-form-urlencoded' };
    expect((await post('/v1/identify', body, headers)).statusCode).toBe(200);
    expect(await timeline('ada')).toMatchObject([
      { at: Date.parse('2026-03-01T08:00:00Z'), patches: [{ traits: { plan: 'pro', seats: 2 } }] },
    ]);
  });

  it('is answered alike when it comes again, and stored once (E2)', async () => {
    for (let i = 0; i < 3; i++) expect((await post('/v1/track', call(1))).json()).toEqual({ success: true });
    expect(await timeline('ada')).toHaveLength(1);
  });

  it('that cannot be taken is refused with a code, a place, and what is allowed', async () => {
    const answer = await post('/v1/track', { userId: 'ada', event: 'x', timestamp: 'yesterday' });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({
      code: 'invalid_event',
      title: 'The event was refused',
      reason: 'invalid_field',
      pointer: '/timestamp',
      status: 400,
    });
    expect(answer.json().detail).toContain('"yesterday" came');
    const large = await post('/v1/track', { ...call(1), properties: { text: 'x'.repeat(33_000) } });
    expect([large.statusCode, large.json().code]).toEqual([413, 'event_too_large']);
    expect(await timeline('ada')).toEqual([]);
  });
});

describe('a batch', () => {
  it('of ten with one bad event keeps nine, and says which was refused and why', async () => {
    const batch = Array.from({ length: 10 }, (_, i) => (i === 3 ? { ...call(3), timestamp: 'never' } : call(i)));
    const answer = await post('/v1/batch', { batch, sentAt: '2026-03-02T10:00:00Z' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      success: true,
      accepted: 9,
      duplicates: 0,
      refused: [{ index: 3, messageId: 'm3', code: 'invalid_field', pointer: '/batch/3/timestamp' }],
    });
    expect((await post('/v1/batch', { batch })).json()).toMatchObject({ accepted: 0, duplicates: 9 });
    expect((await timeline('ada')).map((it) => it.messageId)).toEqual([
      'm0',
      'm1',
      'm2',
      'm4',
      'm5',
      'm6',
      'm7',
      'm8',
      'm9',
    ]);
  });

  it('with one event of before time keeps the others', async () => {
    const zero = { ...call(1), timestamp: '0001-01-01T00:00:00Z' };
    const sent = { ...call(2), timestamp: '2000-01-01T00:00:00Z', sentAt: '8745-01-01T00:00:00Z' };
    expect((await post('/v1/batch', { batch: [call(0), zero, sent] })).json()).toMatchObject({
      accepted: 1,
      refused: [
        { index: 1, code: 'time_out_of_range', pointer: '/batch/1/timestamp' },
        { index: 2, code: 'time_out_of_range', pointer: '/batch/2/sentAt' },
      ],
    });
  });

  it('whose context counts too much in all of its calls is refused before any of that is done', async () => {
    const context = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, n]));
    const batch = Array.from({ length: 600 }, (_, n) => call(n));
    const answer = await post('/v1/batch', { batch, context });
    expect([answer.statusCode, answer.json()]).toMatchObject([413, { code: 'too_large', pointer: '/context' }]);
    expect(answer.json().detail).toContain('counts for each of 600 calls');
    const few = await post('/v1/batch', { batch: batch.slice(0, 5), context });
    expect(few.json()).toMatchObject({ code: 'invalid_event', refused: { length: 5 } });
    expect(few.json().refused[0]).toMatchObject({ code: 'event_too_large', pointer: '/batch/0' });
  });

  it('of which nothing can be taken is an error', async () => {
    const answer = await post('/v1/batch', { batch: [{ type: 'track' }, 7] });
    expect([answer.statusCode, answer.json().refused.length]).toEqual([400, 2]);
    expect((await post('/v1/batch', { batch: [] })).json()).toMatchObject({ success: true, accepted: 0 });
    expect((await post('/v1/batch', { events: [] })).json()).toMatchObject({ code: 'invalid_body', pointer: '/batch' });
  });

  it('is taken as gzip', async () => {
    const body = gzipSync(JSON.stringify({ batch: [call(1), call(2)] }));
    expect((await post('/v1/batch', body, { 'content-encoding': 'gzip' })).json()).toMatchObject({ accepted: 2 });
  });

  it('of dated history keeps its times, and counts equal lines', async () => {
    const line = { type: 'track', event: 'order', userId: 'ada', timestamp: '2024-01-01T00:00:00Z' };
    const body = { batch: [line, line], sentAt: '2024-06-01T00:00:00Z' };
    expect((await post('/v1/import', body)).json()).toMatchObject({ accepted: 2 });
    expect((await post('/v1/import', body)).json()).toMatchObject({ accepted: 0, duplicates: 2 });
    const [first] = await timeline('ada');
    expect(first?.at).toBe(Date.parse('2024-01-01T00:00:00Z'));
    expect(first!.receivedAt - Date.now()).toBeGreaterThan(-60_000);
  });
});

describe('a request is bounded', () => {
  it.each([
    ['2 MB', () => Buffer.alloc(2_000_000, 'x'), {}, 413, 'too_large'],
    ['a gzip bomb', () => gzipSync(Buffer.alloc(50_000_000, ' ')), { 'content-encoding': 'gzip' }, 413, 'too_large'],
    ['gzip that is none', () => Buffer.from('{}'), { 'content-encoding': 'gzip' }, 400, 'invalid_json'],
    ['another encoding', () => Buffer.from('{}'), { 'content-encoding': 'br' }, 415, 'unsupported_encoding'],
    [
      'another type',
      () => Buffer.from('a=b'),
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['no JSON', () => Buffer.from('{"event":'), {}, 400, 'invalid_json'],
    ['no UTF-8', () => Buffer.from([0x22, 0xff, 0x22]), {}, 400, 'invalid_json'],
    ['nothing', () => Buffer.from(''), {}, 400, 'invalid_json'],
    ['too many calls', () => Buffer.from(`{"batch":[${'0,'.repeat(3000)}0]}`), {}, 400, 'invalid_body'],
    [
      'nesting',
      () => Buffer.from('{"batch":' + '['.repeat(100_000) + ']'.repeat(100_000) + '}'),
      {},
      400,
      'invalid_event',
    ],
  ])('%s', async (_, payload, headers, ...expected) => {
    const answer = await post('/v1/batch', payload(), headers);
    expect([answer.statusCode, answer.json().code]).toEqual(expected);
  });

  it.each([
    ['no key', {}],
    ['an unknown key', { authorization: basic('nobody') }],
    ['another scheme', { authorization: 'Bearer web-key' }],
    ['an empty header', { authorization: '' }],
  ])('%s: 401', async (_, headers) => {
    const payload = JSON.stringify({ batch: [call(1)] });
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/batch',
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthorized']);
    expect(answer.headers['www-authenticate']).toContain('Basic');
    expect(await timeline('ada')).toEqual([]);
  });
});

describe('while PostgreSQL is away', () => {
  it('events are refused with Retry-After, and are taken once when it is back (E7)', async () => {
    expect((await post('/v1/track', call(1))).statusCode).toBe(200);
    await wire.unplug();
    const away = await Promise.all([
      post('/v1/track', call(2)),
      post('/v1/batch', { batch: [call(3)] }),
      app.inject('/readyz'),
    ]);
    for (const answer of away) {
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'store_unavailable']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    await wire.plug();
    for (const n of [1, 2, 3]) expect((await post('/v1/track', call(n))).statusCode).toBe(200);
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    expect((await timeline('ada')).map((it) => it.messageId)).toEqual(['m1', 'm2', 'm3']);
  });

  it('for a moment, events wait and are taken', async () => {
    await post('/v1/track', call(1));
    await direct.pool.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const answers = await Promise.all([2, 3, 4].map((n) => post('/v1/track', call(n))));
    expect(answers.map((it) => it.statusCode)).toEqual([200, 200, 200]);
    expect(await timeline('ada')).toHaveLength(4);
  });

  it('events that were taken are written before the process stops', async () => {
    const answers = Promise.all(Array.from({ length: 50 }, (_, n) => post('/v1/track', call(n))));
    await new Promise(setImmediate);
    await app.close();
    const taken = (await answers).filter((it) => it.statusCode === 200).length;
    expect(await timeline('ada')).toHaveLength(taken);
  });
});
