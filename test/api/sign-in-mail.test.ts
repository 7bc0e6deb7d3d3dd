/** Users sign in by a link that is mailed to them: to nobody else, once, and to our address alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../server/api/contract/session.ts';
import { smtpServer, type TestServer } from '../mail/servers.ts';
import { deployed } from './filled.ts';
import { type ApiStage, apiStage, ask, TOKEN, userOf } from './support.ts';

let provider: TestServer & { mails: string[] };
let stage: ApiStage;
beforeAll(async () => {
  provider = await smtpServer({});
  stage = await apiStage(() => ({
    smtpUrl: provider.url,
    access: { apiToken: TOKEN, open: false, publicUrl: 'https://cuebook.example/' },
  }));
  await deployed(stage.database);
  await userOf(stage.database, 'author');
});
afterAll(async () => {
  await stage.close();
  await provider.close();
});

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${stage.http.baseUrl}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(form),
  });

describe('a link by mail', () => {
  it('is sent to the user, and signs in once: by a button, which no program that looks at links presses', async () => {
    const asked = await post('/sign-in/mail', { email: 'Author@Shop.example' });
    const said = await asked.text();
    await expect.poll(() => provider.mails.length, { timeout: 30_000 }).toBe(1);
    const mail = provider.mails[0]!.replaceAll('=\r\n', '').replaceAll('=3D', '=');
    expect(mail).toMatch(/^To: .*author@shop\.example/m);
    const link = /https:\/\/cuebook\.example\/sign-in\?link=([\w-]{43})/.exec(mail)![1]!;
    const page = await ask<string>(`${stage.http.baseUrl}/sign-in?link=${link}`);
    expect([page.status, page.headers.get('set-cookie')]).toEqual([200, null]);
    expect(page.body).toContain('<form');
    const signed = await post('/sign-in', { link });
    const cookie = signed.headers.get('set-cookie')!.split(';')[0]!;
    const { body } = await ask<Session>(`${stage.http.baseUrl}/api/session`, { headers: { cookie } });
    expect([body.role, body.user.email]).toEqual(['author', 'author@shop.example']);
    expect((await post('/sign-in', { link })).status).toBe(401);
    const stored = await stage.database.pool.query('SELECT hash FROM sign_in_links');
    expect(JSON.stringify(stored.rows)).not.toContain(link);

    const nobody = await post('/sign-in/mail', { email: 'nobody@shop.example' });
    expect([nobody.status, await nobody.text()]).toEqual([asked.status, said]);
  });

  it('is asked for ten times at once, and not more', async () => {
    const from = { 'x-forwarded-for': '203.0.113.9' };
    const statuses: number[] = [];
    for (let n = 0; n < 11; n += 1)
      statuses.push((await post('/sign-in/mail', { email: 'no@shop.example' }, from)).status);
    expect(statuses).toEqual([...Array(10).fill(200), 429]);
    expect(provider.mails).toHaveLength(1);
  });

  it('is not offered where no mail can be sent, nor under a host that a request has made up', async () => {
    const bare = await apiStage();
    try {
      expect((await ask<string>(`${bare.http.baseUrl}/sign-in`)).body).not.toContain('/sign-in/mail');
      const answer = await fetch(`${bare.http.baseUrl}/sign-in/mail`, {
        method: 'POST',
        body: new URLSearchParams({ email: 'author@shop.example' }),
      });
      expect(answer.status).toBe(404);
    } finally {
      await bare.close();
    }
  });
});
