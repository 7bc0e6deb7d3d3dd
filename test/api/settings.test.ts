/** What the business runs on: write keys, calendars, channels, and what was changed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { AnswerOf } from '../../server/api/contract/endpoint.ts';
import type {
  listCalendars,
  listChannels,
  listWriteKeys,
  makeWriteKey,
  testChannel,
} from '../../server/api/contract/settings.ts';
import type { AuditEntry } from '../../server/api/contract/users.ts';
import { pruneAudit } from '../../store/access/audit.ts';
import { addSignInLink, pruneSignIns } from '../../store/access/users.ts';
import { fillStore } from '../demo/filled-store.ts';
import { smtpServer, type TestServer } from '../mail/servers.ts';
import { type ApiStage, apiOver, apiStage, TOKEN, userOf } from './support.ts';

let provider: TestServer & { mails: string[] };
let stage: ApiStage;
beforeAll(async () => {
  provider = await smtpServer({});
  stage = await apiStage(() => ({ smtpUrl: provider.url, access: { apiToken: TOKEN, open: false } }));
  await fillStore(stage.database);
});
afterAll(async () => {
  await stage.close();
  await provider.close();
});

type Made = AnswerOf<typeof makeWriteKey>;
type Keys = AnswerOf<typeof listWriteKeys>;

const send = (key: string, baseUrl = stage.http.baseUrl) =>
  fetch(`${baseUrl}/v1/track`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
    },
    body: JSON.stringify({ event: 'x', userId: 'ada' }),
  });

describe('a write key', () => {
  it('is shown once, counts at once, and is stored as its hash alone', async () => {
    const body = { name: 'Web shop', source: 'shop', scope: 'server' };
    const { body: made } = await stage.post<Made>('/api/write-keys', body);
    expect(made.key).toMatch(/^wk_[\w-]{43}$/);
    expect((await send(made.key)).status).toBe(200);
    const { body: keys } = await stage.get<Keys>('/api/write-keys');
    expect(keys.items.map(({ id, name, source, scope }) => [id !== null, name, source, scope])).toEqual([
      [false, 'CUEBOOK_WRITE_KEYS', 'shop', 'server'],
      [true, 'Web shop', 'shop', 'server'],
    ]);
    const { rows } = await stage.database.pool.query('SELECT row_to_json(k)::text AS row FROM write_keys k');
    expect(JSON.stringify([keys, rows])).not.toContain(made.key);
    const { rows: log } = await stage.database.pool.query(
      "SELECT target FROM audit_log WHERE action = 'write_key.made'",
    );
    expect(log).toEqual([{ target: 'shop server Web shop' }]);
  });

  it('counts in another process, too, and no more once it is revoked', async () => {
    const { body: made } = await stage.post<Made>('/api/write-keys', { name: 'App', source: 'app1', scope: 'server' });
    const other = await apiOver(stage.database);
    expect((await send(made.key, other.http.baseUrl)).status).toBe(200);
    expect((await stage.post('/api/write-keys/revoke', { id: made.made.id })).status).toBe(200);
    expect((await send(made.key)).status).toBe(401);
    await expect.poll(async () => (await send(made.key, other.http.baseUrl)).status, { timeout: 20_000 }).toBe(401);
    await other.close();
    expect((await stage.post<Problem>('/api/write-keys/revoke', { id: 'none' })).body.code).toBe('not_found');
  });

  it('has a source that is no other’s own', async () => {
    for (const source of ['cuebook', 'Shop', 'a b', '']) {
      const { status, body } = await stage.post<Problem>('/api/write-keys', { name: 'x', source, scope: 'client' });
      expect([status, body.pointer]).toEqual([400, '/source']);
    }
  });
});

describe('what the files say', () => {
  it('calendars, with their hours and whether they are open', async () => {
    const { body } = await stage.get<AnswerOf<typeof listCalendars>>('/api/calendars');
    const support = body.items.find(({ name }) => name === 'support-eu')!;
    expect(support).toMatchObject({ zone: 'Europe/Berlin', playbooks: expect.arrayContaining(['sla-escalation']) });
    expect(support.week[4]).toEqual(['09:00-15:00']);
    expect(support.week[6]).toEqual([]);
    expect(support.isOpen === (support.opensAt === null)).toBe(true);
  });

  it('channels, each with a mail that shows whether it arrives', async () => {
    const { body } = await stage.get<AnswerOf<typeof listChannels>>('/api/channels');
    expect(body).toMatchObject({
      canTest: true,
      items: [{ name: 'support', address: 'support-channel@shop.example' }],
    });
    const tested = await stage.post<AnswerOf<typeof testChannel>>('/api/channels/test', { channel: 'support' });
    expect(tested.body.status).toBe('sent');
    expect(provider.mails.at(-1)).toMatch(/^To: .*support-channel@shop\.example/m);
    expect((await stage.post<Problem>('/api/channels/test', { channel: 'constructor' })).status).toBe(404);
  });
});

describe('what was changed', () => {
  it('is narrowed by what it was', async () => {
    const { body } = await stage.get<{ items: AuditEntry[] }>('/api/audit?action=channel.tested');
    expect(body.items.map(({ action, target, result }) => [action, target, result])).toEqual([
      ['channel.tested', 'constructor', 'not_found'],
      ['channel.tested', 'support', 'done'],
    ]);
  });

  it('goes after its time, the oldest first, and so do links that nobody took', async () => {
    const { database } = stage;
    await database.pool.query("UPDATE audit_log SET at = at - interval '401 days' WHERE action = 'channel.tested'");
    const before = Date.now() - 400 * 86_400_000;
    expect([await pruneAudit(database, before, 1), await pruneAudit(database, before, 9)]).toEqual([1, 1]);
    const { rows } = await database.pool.query(
      "SELECT count(*)::int AS n FROM audit_log WHERE action = 'channel.tested'",
    );
    expect(rows[0].n).toBe(0);
    const user = (await userOf(database, 'viewer'))!;
    await addSignInLink(database, user.id, 'over', -1_000);
    await addSignInLink(database, user.id, 'counts', 60_000);
    // The second one has taken the first away already: as if it had not.
    await database.pool.query("UPDATE sign_in_links SET until = clock_timestamp() - interval '1 s'");
    expect(await pruneSignIns(database)).toBe(1);
  });
});
