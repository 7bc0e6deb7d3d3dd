import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { guardApi } from '../../server/access/guard.ts';
import { signInPage } from '../../server/access/sign-in.ts';
import { answerProblems } from '../../server/answer-errors.ts';
import { openapiRoute } from '../../server/api/openapi.ts';
import { metricsRoute } from '../../server/metrics.ts';
import { overviewPages } from '../../server/overview/routes.ts';
import { storedSessions } from '../../store/access/sessions.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { fillStore } from './filled-store.ts';

const TOKEN = 'token-of-a-test-0123456789';
const PARTS = [{ part: 'PostgreSQL', from: 'embedded <here>', version: '18.4' }];

let server: TestDatabase;
let database: Database;
let app: FastifyInstance;
let open: FastifyInstance;

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  app = await appWith(false);
  open = await appWith(true);
});
afterAll(async () => {
  await Promise.all([app.close(), open.close()]);
  await database.close();
  await server.drop();
});

async function appWith(isOpen: boolean): Promise<FastifyInstance> {
  const made = Fastify();
  answerProblems(made);
  const access = { apiToken: TOKEN, open: isOpen, sessions: storedSessions(database) };
  guardApi(made, access);
  overviewPages(made, { database, registry, access, parts: PARTS, hasMailbox: true });
  signInPage(made, access);
  metricsRoute(made, database);
  openapiRoute(made, '0.1.0');
  await made.ready();
  return made;
}

const asPage = { accept: 'text/html' };
const bearer = { authorization: `Bearer ${TOKEN}` };

describe('nobody sees what is behind the token', () => {
  it('without it: the API says so, a browser is led to the sign-in', async () => {
    const api = await app.inject('/api/overview');
    expect([api.statusCode, api.json().code]).toEqual([401, 'unauthorized']);
    expect(api.headers['www-authenticate']).toContain('Bearer');
    const page = await app.inject({ url: '/', headers: asPage });
    expect([page.statusCode, page.headers.location]).toEqual([303, '/sign-in']);
    expect((await app.inject('/overview/live')).statusCode).toBe(401);
  });

  it('with another one, by header, form or cookie', async () => {
    const headers = [{ authorization: 'Bearer wrong' }, { cookie: 'cuebook_session=wrong' }];
    for (const header of headers)
      expect((await app.inject({ url: '/api/overview', headers: header })).statusCode).toBe(401);
    const form = await signIn('wrong <token>');
    expect([form.statusCode, form.headers['set-cookie']]).toEqual([401, undefined]);
  });

  it('but whoever shows it once in a browser stays signed in', async () => {
    const form = await signIn(TOKEN);
    expect([form.statusCode, form.headers.location]).toEqual([303, '/app/']);
    const cookie = String(form.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect(cookie).not.toContain(TOKEN);
    const page = await app.inject({ url: '/', headers: { ...asPage, cookie: cookie.split(';')[0]! } });
    expect(page.statusCode).toBe(200);
  });

  it('and pages that are open at this machine are not open to a page of somebody else that leads here', async () => {
    expect((await open.inject({ url: '/', headers: { host: '127.0.0.1:3000' } })).statusCode).toBe(200);
    expect((await open.inject({ url: '/', headers: { host: 'rebound.example' } })).statusCode).toBe(403);
  });
});

describe('the overview', () => {
  it('says what to do while nothing is deployed', async () => {
    const page = await open.inject({ url: '/', headers: { host: 'localhost' } });
    expect(page.body).toContain('Nothing is deployed yet');
    expect((await app.inject({ url: '/api/overview', headers: bearer })).json()).toMatchObject({ deployed: false });
  });

  it('shows each playbook with what came of it, the latest first, and runs nothing that anybody wrote', async () => {
    await fillStore(database);
    // A server of its own: others have just read what was there before.
    const fresh = await appWith(true);
    const page = await fresh.inject({ url: '/', headers: { host: 'localhost' } });
    expect(page.body).toContain('Mail “cart-reminder” to Ada &lt;script&gt;');
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).toContain('embedded &lt;here&gt;');
    expect(page.body).toContain('Not done, held out for comparison: mail “cart-reminder” to Ben');
    expect(page.body.indexOf('reached the goal')).toBeLessThan(page.body.indexOf('Mail “cart-reminder” to Ada'));
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const shown = await fresh.inject({ url: '/api/overview', headers: { host: 'localhost' } });
    const { playbooks, refusals } = shown.json();
    expect(playbooks['cart-abandoned']).toEqual({
      firings: 3,
      enrolments: 2,
      underWay: 1,
      ended: { converted: 1 },
      conversions: 1,
      mails: 1,
      tasks: 1,
      escalations: 0,
      recorded: {},
      outcomes: { converted: 1 },
    });
    expect(playbooks['sla-escalation'].firings).toBe(0);
    // Three fired, two entered: the page says what became of the third.
    expect(page.body.replace(/<[^>]*>/g, ' ')).toMatch(
      /Fired and not let in, last 7 days\s+1\s+again: it was in this playbook before[^<]*cart-abandoned/,
    );
    expect(refusals).toEqual([{ playbook: 'cart-abandoned', reason: 'again', count: 1 }]);
    await fresh.close();
  });

  it('shows how good predictions were, once there are any', async () => {
    const before = await appWith(true);
    expect((await before.inject({ url: '/', headers: { host: 'localhost' } })).body).not.toContain('Predictions');
    await before.close();
    await database.pool.query(
      `INSERT INTO predictions (trait, hash, subject_id, made_at, due_at, predicted, came)
       SELECT 'contact.risk', 'h', 'c' || n, cuebook_now() - interval '3 days', cuebook_now() - interval '1 day', n <= 3, n <= 1
         FROM generate_series(1, 8) n`,
    );
    const fresh = await appWith(true);
    const page = await fresh.inject({ url: '/', headers: { host: 'localhost' } });
    expect(page.body.replace(/<[^>]*>/g, ' ')).toMatch(
      /Predictions\s+Trait\s+Made\s+Precision\s+Recall\s+Base rate\s+contact\.risk\s+3\s+33 %\s+100 %\s+13 %/,
    );
    const { predictions } = (await fresh.inject({ url: '/api/overview', headers: { host: 'localhost' } })).json();
    expect(predictions).toEqual([{ trait: 'contact.risk', made: 3, precision: 1 / 3, recall: 1, base_rate: 1 / 8 }]);
    await fresh.close();
  });
});

describe('programs', () => {
  it('are told by a code what is wrong, also where there is nothing', async () => {
    const answer = await app.inject('/api/nothing');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      status: 404,
      code: 'not_found',
      title: 'There is nothing at this address',
      detail: expect.stringContaining('There is no GET /api/nothing; /openapi.json'),
    });
  });

  it('can scrape counts, and nobody’s name is among them', async () => {
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(body).toContain('cuebook_mails_total{playbook="cart-abandoned"} 1\n');
    expect(body).toContain('# TYPE cuebook_events_pending gauge\ncuebook_events_pending 0\n');
    expect(body).not.toContain('Ada');
  });

  it('can read what the server answers', async () => {
    const described = (await app.inject('/openapi.json')).json();
    expect(described.openapi).toBe('3.1.0');
    expect(Object.keys(described.paths)).toEqual(expect.arrayContaining(['/v1/track', '/v1/import', '/api/overview']));
  });
});

function signIn(token: string) {
  return app.inject({
    method: 'POST',
    url: '/sign-in',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ token }).toString(),
  });
}
