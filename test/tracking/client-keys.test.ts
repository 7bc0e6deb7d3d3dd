/** Keys that stand in pages (E10), from the request to the record: what they change, and what they cannot. */
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callOf } from '../../cli/events/call-of.ts';
import { parseCall } from '../../events/parse-call.ts';
import { answerProblems } from '../../server/answer-errors.ts';
import { metricsRoute } from '../../server/metrics.ts';
import { trackingApi } from '../../server/tracking/tracking-api.ts';
import { storedEvents } from '../../store/events/event-export.ts';
import { importEvents } from '../../store/events/events.ts';
import { writeKeys } from '../../store/events/write-keys.ts';
import { readRecords } from '../../store/records/records.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const KEYS = writeKeys([
  { source: 'shop', key: 'old-key' },
  { source: 'shop', key: 'server-key', scope: 'server' },
  { source: 'shop', key: 'page-key', scope: 'client' },
  { source: 'app', key: 'app-key', scope: 'client' },
]);
const START = Date.parse('2026-03-02T10:00:00Z');

let evaluation: Evaluation;
let app: FastifyInstance;
let minutes: number;

beforeEach(async () => {
  evaluation = await startEvaluation(new Date(START).toISOString());
  app = Fastify();
  answerProblems(app);
  await app.register(trackingApi, { database: evaluation.database, writeKeys: KEYS });
  metricsRoute(app, evaluation.database);
  minutes = 0;
});
afterEach(async () => {
  await app.close();
  await evaluation.close();
});

const authorization = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
const post = (key: string, url: string, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url, payload, headers: { authorization: authorization(key), ...headers } });
async function sent(key: string, url: string, payload: object): Promise<void> {
  const answer = await post(key, url, payload);
  expect([answer.statusCode, answer.json()]).toMatchObject([200, { success: true }]);
}
const consume = () => evaluation.step(new Date(START + ++minutes * 60_000).toISOString());
const identify = (key: string, userId: string, traits: object, more: object = {}) =>
  sent(key, '/v1/identify', { userId, traits, ...more });
async function record(id: string): Promise<object | undefined> {
  await consume();
  return (await readRecords(evaluation.database.pool, [{ type: 'contact', id }])).get(`contact/${id}`);
}
async function keptAddresses(): Promise<string[]> {
  const lines = (await app.inject({ url: '/metrics' })).body.split('\n');
  return lines.filter((line) => line.startsWith('cuebook_kept_addresses_total{'));
}

describe('an address that a server has given', () => {
  it('stays, while the rest of the call counts; before and after it was consumed, and however it is dated', async () => {
    await identify('server-key', 'ada', { email: 'ada@x.example', phone: '1' });
    await identify('page-key', 'ada', { email: 'mallory@x.example', plan: 'pro' });
    expect(await record('ada')).toEqual({ email: 'ada@x.example', phone: '1', plan: 'pro' });
    await identify('page-key', 'ada', { email: null, phone: '2', plan: 'free' }, { timestamp: '2036-01-01T00:00:00Z' });
    expect(await record('ada')).toEqual({ email: 'ada@x.example', phone: '1', plan: 'free' });
    expect(await keptAddresses()).toEqual([
      'cuebook_kept_addresses_total{source="shop",trait="email"} 2',
      'cuebook_kept_addresses_total{source="shop",trait="phone"} 1',
    ]);
  });

  it('stays when both come in one transaction, in any order; and one that was there before this was kept', async () => {
    const batch = (userId: string, email: string) => ({ batch: [{ type: 'identify', userId, traits: { email } }] });
    await Promise.all([
      sent('page-key', '/v1/batch', batch('bob', 'mallory@x.example')),
      sent('server-key', '/v1/batch', batch('bob', 'bob@x.example')),
    ]);
    expect(await record('bob')).toEqual({ email: 'bob@x.example' });
    await evaluation.database.pool.query('DELETE FROM address_givers');
    await identify('page-key', 'bob', { email: 'm@x.example' });
    await identify('page-key', 'bob', { email: 'n@x.example' });
    expect(await record('bob')).toEqual({ email: 'bob@x.example' });
  });

  it('replaces what a page gave, for good', async () => {
    await identify('page-key', 'ada', { email: 'typo@x.example' });
    await identify('page-key', 'ada', { email: 'page@x.example' });
    expect(await record('ada')).toEqual({ email: 'page@x.example' });
    await identify('app-key', 'ada', { email: 'mallory@x.example' });
    expect(await record('ada')).toEqual({ email: 'page@x.example' });
    await identify('old-key', 'ada', { email: 'ada@x.example' });
    await identify('page-key', 'ada', { email: 'page@x.example' });
    expect(await record('ada')).toEqual({ email: 'ada@x.example' });
  });

  it('is not reached by another id: a visitor`s, or one that was merged away', async () => {
    await identify('server-key', 'ada', { email: 'ada@x.example' });
    await identify('page-key', 'mallory', {}, { anonymousId: 'm' });
    await sent('page-key', '/v1/identify', { anonymousId: 'x', traits: { email: 'mallory@x.example', city: 'Kiel' } });
    expect(await record('anon:x')).toEqual({ email: 'mallory@x.example', city: 'Kiel' });
    await identify('page-key', 'ada', {}, { anonymousId: 'x' });
    expect(await record('ada')).toEqual({ email: 'ada@x.example', city: 'Kiel' });
    await sent('page-key', '/v1/identify', { anonymousId: 'x', traits: { email: 'late@x.example' } });
    expect(await record('ada')).toEqual({ email: 'ada@x.example', city: 'Kiel' });
    await sent('server-key', '/v1/alias', { userId: 'ada', previousId: 'old-ada' });
    await consume();
    await identify('page-key', 'old-ada', { email: 'mallory@x.example', city: 'Bonn' });
    expect(await record('ada')).toEqual({ email: 'ada@x.example', city: 'Bonn' });
  });
});

it('two known contacts are not merged by a page, and are by a server', async () => {
  await identify('server-key', 'ada', { plan: 'pro' });
  await identify('server-key', 'bob', { city: 'Kiel' });
  await consume();
  await sent('page-key', '/v1/alias', { userId: 'ada', previousId: 'bob' });
  expect(await record('bob')).toEqual({ city: 'Kiel' });
  expect(await record('ada')).toEqual({ plan: 'pro' });
  await sent('server-key', '/v1/alias', { userId: 'ada', previousId: 'bob' });
  expect(await record('ada')).toEqual({ plan: 'pro', city: 'Kiel' });
});

it('a page takes no message id away from the server of its source', async () => {
  const call = (plan: string) => ({ userId: 'ada', messageId: 'm1', traits: { plan } });
  await sent('page-key', '/v1/identify', call('free'));
  await sent('page-key', '/v1/identify', call('again'));
  await consume();
  await sent('server-key', '/v1/identify', call('pro'));
  expect(await record('ada')).toEqual({ plan: 'pro' });
});

it('what was exported and imported again is the same, a visitor`s address too', async () => {
  await sent('page-key', '/v1/identify', { anonymousId: 'x', traits: { email: 'v@x.example', city: 'Kiel' } });
  await identify('page-key', 'ada', { plan: 'pro' }, { anonymousId: 'x' });
  expect(await record('ada')).toEqual({ plan: 'pro', city: 'Kiel' });
  await sent('page-key', '/v1/identify', { anonymousId: 'x', traits: { email: 'later@x.example', size: 'L' } });
  expect(await record('ada')).toEqual({ plan: 'pro', city: 'Kiel', size: 'L' });
  const lines: object[] = [];
  for await (const event of storedEvents(evaluation.database.pool, {})) lines.push(callOf(event)!);
  const again = await startEvaluation(new Date(START + 3_600_000).toISOString());
  try {
    await importEvents(
      again.database,
      lines.map((line) => parseCall(line, { source: 'import', history: true }).event),
    );
    await again.step(new Date(START + 3_700_000).toISOString());
    const found = await readRecords(again.database.pool, [{ type: 'contact', id: 'ada' }]);
    expect(found.get('contact/ada')).toEqual({ plan: 'pro', city: 'Kiel', size: 'L' });
  } finally {
    await again.close();
  }
});

describe('a request', () => {
  it('that a client key may not make is refused with its code, the rest of a batch taken', async () => {
    const forged = { type: 'track', event: 'email.bounced', userId: 'ada' };
    const answer = await post('page-key', '/v1/track', forged);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      403,
      'application/problem+json; charset=utf-8',
    ]);
    expect(answer.json()).toMatchObject({ code: 'key_scope', pointer: '/event' });
    const batch = await post('page-key', '/v1/batch', { batch: [forged, { ...forged, event: 'viewed' }] });
    expect(batch.json()).toMatchObject({
      accepted: 1,
      refused: [{ index: 0, code: 'key_scope', pointer: '/batch/0/event' }],
    });
    const history = await post('page-key', '/v1/import', { batch: [{ ...forged, event: 'viewed' }] });
    expect([history.statusCode, history.json().code]).toEqual([403, 'key_scope']);
    const body = await app.inject({ method: 'POST', url: '/v1/import', payload: { writeKey: 'page-key', batch: [] } });
    expect([body.statusCode, body.json().code]).toEqual([403, 'key_scope']);
    await sent('old-key', '/v1/track', forged);
  });

  it('that a page makes with a server key is refused, wherever the key stands, and says what to do', async () => {
    const call = { event: 'x', userId: 'ada' };
    for (const key of ['server-key', 'old-key']) {
      const answer = await post(key, '/v1/track', call, { origin: 'https://shop.example' });
      expect([answer.statusCode, answer.json().code]).toEqual([403, 'server_key_in_browser']);
      expect(answer.json().detail).toContain('SOURCE:KEY:client');
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    const headers = { origin: 'null', 'content-type': 'text/plain' };
    const payload = JSON.stringify({ ...call, writeKey: 'old-key' });
    expect((await app.inject({ method: 'POST', url: '/v1/t', payload, headers })).statusCode).toBe(403);
    const page = await post('page-key', '/v1/track', call, { origin: 'https://shop.example' });
    expect([page.statusCode, page.headers['access-control-allow-origin']]).toEqual([200, '*']);
  });

  it('is answered to pages on the routes that client keys may call, and on no other', async () => {
    const ask = { method: 'OPTIONS', headers: { origin: 'https://shop.example' } } as const;
    expect((await app.inject({ ...ask, url: '/v1/batch' })).statusCode).toBe(204);
    const refused = await app.inject({ ...ask, url: '/v1/import' });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([405, undefined]);
    const history = await post('server-key', '/v1/import', { batch: [] }, { origin: 'https://shop.example' });
    expect([history.statusCode, history.headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect((await app.inject({ url: '/metrics' })).headers['access-control-allow-origin']).toBeUndefined();
    expect((await app.inject({ url: '/healthz' })).headers['access-control-allow-origin']).toBeUndefined();
  });
});
