/** What Segment's SDK for browsers asks of its `cdnURL`, here answered by the server that takes its events. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpServer, startHttp } from '../../cli/run/http.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const PAGE_KEY = 'page-key-of-this-test';
const SERVER_KEY = 'server-key-of-this-test';
let server: TestDatabase;
let database: Database;
let http: HttpServer;
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  http = await startHttp({
    database,
    writeKeys: [
      { source: 'shop', key: PAGE_KEY, scope: 'client' },
      { source: 'shop', key: SERVER_KEY },
    ],
    secret: 's'.repeat(32),
    access: { apiToken: 'a-token-of-this-test', open: false, publicUrl: 'https://cuebook.example' },
    parts: [],
  });
});
afterAll(async () => {
  await http.close();
  await database.close();
  await server.drop();
});

const ask = (key: string, headers: Record<string, string> = {}) =>
  fetch(`${http.baseUrl}/v1/projects/${key}/settings`, { headers: { origin: 'https://shop.example', ...headers } });
const destinationOf = async (answer: Response) =>
  ((await answer.json()) as { integrations: Record<string, object> }).integrations['Segment.io'];

it('settings say where events go: to where they were asked of', async () => {
  const answer = await ask(PAGE_KEY);
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  const { host } = new URL(http.baseUrl);
  expect(await destinationOf(answer)).toEqual({ apiKey: PAGE_KEY, apiHost: `${host}/v1`, protocol: 'http' });
});

it('behind a proxy that is the public address, with https whether the proxy says so or not', async () => {
  for (const proto of [{}, { 'x-forwarded-proto': 'https' }]) {
    const answer = await ask(PAGE_KEY, { 'x-forwarded-host': 'cuebook.example', ...proto });
    expect(await destinationOf(answer)).toMatchObject({ apiHost: 'cuebook.example/v1', protocol: 'https' });
  }
});

it('neither unknown keys nor keys of servers get any, and a page can read why', async () => {
  const problems = await Promise.all([ask('unknown-key-of-nobody'), ask(SERVER_KEY)]);
  expect(problems.map(({ status }) => status)).toEqual([401, 403]);
  expect(problems.map(({ headers }) => headers.get('access-control-allow-origin'))).toEqual(['*', '*']);
  // A page of the same origin names none.
  const same = await fetch(`${http.baseUrl}/v1/projects/${SERVER_KEY}/settings`);
  expect(((await same.json()) as { code: string }).code).toBe('server_key_in_browser');
});

it('what the SDK measures of itself is answered, and not read', async () => {
  const url = `${http.baseUrl}/v1/m`;
  const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  const measured = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'whatever' };
  expect((await fetch(url, measured)).status).toBe(204);
  expect((await fetch(url)).status).toBe(405);
});
