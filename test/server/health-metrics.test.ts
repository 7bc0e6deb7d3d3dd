/** What `/metrics` says of the parts: the store, and whoever carries journeys. */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHealthHttp } from '../../cli/run/health-http.ts';
import { type HttpServer, startHttp } from '../../cli/run/http.ts';
import { insertEnrolments, insertFirings } from '../../store/evaluation/firings.ts';
import { appendSystemEvents } from '../../store/events/events.ts';
import { setClock, stepClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { readBacklog } from '../../store/reports/totals.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const TEN = Date.parse('2026-03-02T10:00:00Z');
let server: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
  await setClock(database, { mode: 'stepped', at: TEN });
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

const serving = (over: Database): Promise<HttpServer> =>
  startHttp({
    database: over,
    writeKeys: [],
    secret: 's'.repeat(32),
    access: { apiToken: 'a-token-of-this-test', open: false },
    parts: [],
  });

async function scraped(over: Database): Promise<{ status: number; text: string }> {
  const http = await serving(over);
  try {
    const answer = await fetch(`${http.baseUrl}/metrics`);
    return { status: answer.status, text: await answer.text() };
  } finally {
    await http.close();
  }
}

describe('a worker', () => {
  it('is ready while all that it needs answers: not before it has started, and not without Temporal', async () => {
    let starting: string | undefined = 'the worker';
    const temporal = { part: 'temporal' as const, up: true };
    const mail = { part: 'mail' as const, up: false };
    const log = pino({ level: 'silent' });
    const told = { startingWith: () => starting, partStates: () => [temporal, mail] };
    const http = await startHealthHttp({ database, log, ...told, port: 0 });
    const asked = async (path: string) => {
      const answer = await fetch(`${http.baseUrl}${path}`);
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    try {
      expect(await asked('/readyz')).toEqual([503, 'starting']);
      starting = undefined;
      expect(await asked('/readyz')).toEqual([200, undefined]);
      temporal.up = false;
      expect(await asked('/readyz')).toEqual([503, 'part_unavailable']);
      expect(await asked('/healthz')).toEqual([200, undefined]);
      expect(await asked('/v1/track')).toEqual([404, 'not_found']);
      const text = await (await fetch(`${http.baseUrl}/metrics`)).text();
      expect(text).toContain('cuebook_part_up{part="temporal"} 0\ncuebook_part_up{part="mail"} 0\n');
      expect(text).toContain('cuebook_store_up 1');
    } finally {
      await http.close();
    }
  });

  it('whose port is taken says so', async () => {
    const http = await serving(database);
    const log = pino({ level: 'silent' });
    const port = Number(new URL(http.baseUrl).port);
    const told = { startingWith: () => undefined, partStates: () => [] };
    await expect(startHealthHttp({ database, log, ...told, port })).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
    await http.close();
  });
});

it('what is away or not ready yet is no error of a request: nobody finds a stack in the log for each', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const access = { apiToken: 'a-token-of-this-test', open: false };
  const http = await startHttp({
    database,
    log,
    writeKeys: [],
    secret: 's'.repeat(32),
    access,
    parts: [],
    startingWith: () => 'the worker',
  });
  expect((await fetch(`${http.baseUrl}/readyz`)).status).toBe(503);
  await http.close();
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    expect.stringContaining('Listening at http://127.0.0.1:'),
  ]);
});

describe('/metrics', () => {
  it('a journey whose step was due more than a minute ago is overdue, one that waits is not', async () => {
    const subject = { type: 'contact', id: 'ada' } as const;
    const base = { playbook: 'p', versionHash: 'v', subject, trigger: {} };
    for (const id of ['late', 'waits', 'soon']) {
      const firing = { ...base, id, key: id, at: TEN, arm: 0, evidence: [], status: 'enrolled' as const, reason: null };
      await insertFirings(database.pool, [{ ...firing, byTime: false }]);
      await insertEnrolments(database.pool, [{ ...base, id, firingId: id, key: id, startedAt: TEN, ghost: false }]);
    }
    const due = (id: string, at: number) =>
      database.pool.query('UPDATE enrolments SET next_at = cuebook_instant($2) WHERE id = $1', [id, at]);
    await due('late', TEN);
    await due('soon', TEN + 1_000);
    await due('waits', TEN + 3_600_000);
    await stepClock(database.pool, TEN + 60_001);
    expect(await readBacklog(database)).toMatchObject({ openEnrolments: 3, overdueEnrolments: 1 });
    const { text } = await scraped(database);
    expect(text).toContain('\ncuebook_enrolments_overdue 1\n');
    expect(text).toContain('\ncuebook_store_up 1\n');
  });

  it('how long an event waits is told in real time, however fast the clock goes', async () => {
    await appendSystemEvents(database.pool, [{ name: 'viewed', subjects: [], properties: {} }]);
    await stepClock(database.pool, TEN + 2 * 3_600_000);
    await setClock(database, { mode: 'warped', warp: 3_600 });
    const { oldestPendingMs } = await readBacklog(database);
    expect(oldestPendingMs).toBeGreaterThan(1_000);
    expect(oldestPendingMs).toBeLessThan(600_000);
  });

  it('while PostgreSQL is away they say that, and nothing else', async () => {
    const away = openDatabase('postgresql://nobody@127.0.0.1:1/none');
    try {
      const { status, text } = await scraped(away);
      expect(status).toBe(200);
      expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['cuebook_store_up 0']);
    } finally {
      await away.close();
    }
  });
});
