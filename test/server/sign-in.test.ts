/** Signing in behind a proxy and without one, out again, and guessing. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HttpServer, startHttp } from '../../cli/run/http.ts';
import type { SignInCode } from '../../server/access/access.ts';
import { countGuesses } from '../../server/access/guesses.ts';
import { makeSignInCode } from '../../server/access/sign-in.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const TOKEN = 'a-token-of-this-test-0123';
let server: TestDatabase;
let database: Database;
let http: HttpServer;

const listening = (apiToken = TOKEN) =>
  startHttp({
    database,
    writeKeys: [{ source: 'shop', key: 'a-key-of-a-test-0' }],
    secret: 's'.repeat(32),
    access: { apiToken, open: false, publicUrl: 'https://cuebook.example' },
    parts: [],
  });

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  http = await listening();
});
afterAll(async () => {
  await http.close();
  await database.close();
  await server.drop();
});

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  form?: Record<string, string>;
  at?: HttpServer;
}

/** Any Host may be named, which `fetch` does not allow. */
function ask(path: string, { method = 'GET', headers = {}, form, at = http }: Asked = {}) {
  const body = form && new URLSearchParams(form).toString();
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise<{ status: number; cookie: string; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const sent = request(`${at.baseUrl}${path}`, { method, headers: { ...type, ...headers } }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.on('end', () =>
          resolve({
            status: answer.statusCode!,
            cookie: answer.headers['set-cookie']?.join() ?? '',
            body: text,
            headers: answer.headers,
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    },
  );
}
const signIn = (token: string, more: Omit<Asked, 'form' | 'method'> = {}) =>
  ask('/sign-in', { ...more, method: 'POST', form: { token } });
const overview = (cookie: string, at?: HttpServer) =>
  ask('/api/overview', { headers: { cookie: cookie.split(';')[0]! }, ...(at && { at }) });

describe('the session of a browser', () => {
  it('is kept to https where the public address is that, or a proxy says so; and not at this machine', async () => {
    const cookies = await Promise.all([
      signIn(TOKEN, { headers: { host: 'cuebook.example' } }),
      signIn(TOKEN, { headers: { 'x-forwarded-proto': 'https' } }),
      signIn(TOKEN),
    ]);
    expect(cookies.map(({ cookie }) => /; Secure/.test(cookie))).toEqual([true, true, false]);
    expect(cookies.map(({ cookie }) => /; HttpOnly; SameSite=Strict/.test(cookie))).toEqual([true, true, true]);
  });

  it('ends when its time is over, with the token, and by signing out; what it says is sealed', async () => {
    const { cookie } = await signIn(TOKEN);
    expect((await overview(cookie)).status).toBe(200);
    const [name, id, until, seal] = cookie.split(';')[0]!.split(/[=.]/);
    const later = `${name}=${id}.${Number(until) + 1}.${seal}`;
    const seconds = Number(until) - Date.now() / 1_000;
    expect([(await overview(later)).status, Math.round(seconds / 86_400)]).toEqual([401, 30]);
    const other = await listening(`${TOKEN}-new`);
    expect((await overview(cookie, other)).status).toBe(401);
    await other.close();
    vi.useFakeTimers({ toFake: ['Date'], now: (Number(until) - 1) * 1_000 });
    expect((await overview(cookie)).status).toBe(200);
    vi.setSystemTime((Number(until) + 1) * 1_000);
    expect((await overview(cookie)).status).toBe(401);
    vi.useRealTimers();
    const out = await ask('/sign-out', { method: 'POST', headers: { cookie: cookie.split(';')[0]! } });
    expect([out.status, out.headers.location]).toEqual([303, '/sign-in']);
    expect(out.cookie).toMatch(/^cuebook_session=; .*Max-Age=0/);
    // Who has a copy of the cookie has no session by it.
    expect((await overview(cookie)).status).toBe(401);
    // What a foreign page posts comes without the cookie, and takes nothing away.
    expect((await ask('/sign-out', { method: 'POST' })).cookie).toBe('');
    const again = (await signIn(TOKEN)).cookie.split(';')[0]!;
    const page = await ask('/', { headers: { cookie: again, accept: 'text/html' } });
    expect(page.body).toContain('action="/sign-out"');
  });

  it('ends alone, or with all others; one that has ended ends none', async () => {
    const [mine, stolen, third] = await Promise.all(
      Array.from({ length: 3 }, async () => (await signIn(TOKEN)).cookie),
    );
    const out = (cookie: string, form: Record<string, string> = {}) =>
      ask('/sign-out', { method: 'POST', headers: { cookie: cookie.split(';')[0]! }, form });
    const statuses = async () =>
      (await Promise.all([mine, stolen, third].map((one) => overview(one!)))).map((it) => it.status);
    await out(third!);
    expect(await statuses()).toEqual([200, 200, 401]);
    await out(third!, { everywhere: 'yes' });
    expect(await statuses()).toEqual([200, 200, 401]);
    await out(mine!, { everywhere: 'yes' });
    expect(await statuses()).toEqual([401, 401, 401]);
  });

  it('is kept without what its cookie says', async () => {
    const { cookie } = await signIn(TOKEN);
    const { rows } = await database.pool.query<{ id_hash: string }>('SELECT id_hash FROM sessions');
    const [, id] = cookie.split(';')[0]!.split(/[=.]/);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map((row) => row.id_hash)).not.toContain(id);
  });
});

describe('guessing', () => {
  it('is slowed for its own address, by form and by header alike; the right token is not told meanwhile', async () => {
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      statuses.push((await signIn(`wrong-${n}`, from('203.0.113.7'))).status);
      const headers = { authorization: `Bearer wrong-${n}`, ...from('203.0.113.7').headers };
      statuses.push((await ask('/api/overview', { headers })).status);
    }
    expect(statuses).toEqual(Array(10).fill(401));
    const form = await signIn(TOKEN, from('203.0.113.7'));
    expect([form.status, form.cookie]).toEqual([429, '']);
    expect(Number(form.headers['retry-after'])).toBeGreaterThan(0);
    expect(form.body).toContain('Try again in');
    const api = await ask('/api/overview', {
      headers: { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.7' },
    });
    expect([api.status, JSON.parse(api.body).code]).toEqual([429, 'too_many_guesses']);
    expect((await signIn(TOKEN, from('203.0.113.8'))).status).toBe(303);
  });

  it('goes on one by one as time passes; whoever is right is never slowed', () => {
    let now = 0;
    const guesses = countGuesses(() => now);
    const times = (n: number) => Array.from({ length: n }, () => guesses.take('a'));
    expect(times(12)).toEqual([...Array(10).fill(0), 6, 6]);
    now = 6_000;
    expect(times(2)).toEqual([0, 6]);
    now = 3_600_000;
    expect(times(11)).toEqual([...Array(10).fill(0), 6]);
    for (let n = 0; n < 100; n += 1) {
      expect(guesses.take('b')).toBe(0);
      guesses.right('b');
    }
  });

  it('from one network of IPv6 counts as from one address', () => {
    const guesses = countGuesses(() => 0);
    for (let n = 0; n < 10; n += 1) guesses.take(`2001:db8::${n + 1}`);
    expect(['2001:db8:0:0:ffff::1', '2001:db8:0:1::1', '::1'].map(guesses.take)).toEqual([6, 0, 0]);
  });

  it('remembers no more addresses than it has room for', () => {
    const guesses = countGuesses(() => 0);
    for (let n = 0; n < 10; n += 1) guesses.take('first');
    expect(guesses.take('first')).toBeGreaterThan(0);
    for (let n = 0; n < 10_001; n += 1) guesses.take(`other-${n}`);
    expect(guesses.take('first')).toBe(0);
  });
});

describe('the link that is printed at the start', () => {
  const withCode = (signInCode: SignInCode) =>
    startHttp({
      database,
      writeKeys: [],
      secret: 's'.repeat(32),
      access: { apiToken: TOKEN, open: false, signInCode },
      parts: [],
    });

  it('signs in once, and leads to the app; a second time it says so', async () => {
    const signInCode = makeSignInCode();
    const at = await withCode(signInCode);
    try {
      expect((await ask('/sign-in?code=guessed', { at })).status).toBe(401);
      const first = await ask(`/sign-in?code=${signInCode.code}`, { at });
      expect([first.status, first.headers.location]).toEqual([303, '/app/']);
      const [cookie] = first.cookie.split(';');
      expect((await ask('/', { at, headers: { cookie: cookie!, accept: 'text/html' } })).status).toBe(200);
      const second = await ask(`/sign-in?code=${signInCode.code}`, { at });
      expect([second.status, second.cookie]).toEqual([401, '']);
      expect(second.body).toContain('This link has been used, or is older than 15 minutes.');
    } finally {
      await at.close();
    }
  });

  it('counts for a quarter of an hour', () => {
    let nowMs = 0;
    const early = makeSignInCode(() => nowMs);
    const late = makeSignInCode(() => nowMs);
    nowMs = 15 * 60_000;
    expect(early.take(early.code)).toBe(true);
    nowMs += 1;
    expect(late.take(late.code)).toBe(false);
  });

  it('is worth nothing where no code was made', async () => {
    expect((await ask('/sign-in?code=')).status).toBe(401);
  });
});
