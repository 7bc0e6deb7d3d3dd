/** Who is signed in, and that a change comes from a page of ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../server/api/contract/common.ts';
import type { Session } from '../../server/api/contract/session.ts';
import { readAudit } from '../../store/access/audit.ts';
import { type ApiStage, apiStage, ask, signedIn } from './support.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await apiStage();
});
afterAll(() => stage.close());

describe('GET /api/session', () => {
  it('says to nobody who they are', async () => {
    const answer = await ask<Problem>(`${stage.http.baseUrl}/api/session`);
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthorized']);
  });

  it('says that the API token may everything, and needs no further token', async () => {
    const { body } = await stage.get<Session>('/api/session');
    expect(body).toMatchObject({ user: { id: null, name: 'API token' }, role: 'admin', csrfToken: null, zone: 'UTC' });
  });
});

describe('a change from a browser', () => {
  it('is refused without the token of its session, or with that of another', async () => {
    const mine = await signedIn(stage);
    const other = await signedIn(stage);
    const resume = (headers: Record<string, string>) =>
      ask<Problem>(`${stage.http.baseUrl}/api/playbooks/none/resume`, { method: 'POST', body: {}, headers });
    const answers = [
      await resume({ cookie: mine.cookie }),
      await resume({ cookie: mine.cookie, 'x-csrf-token': other.csrfToken }),
      await resume({ cookie: mine.cookie, 'x-csrf-token': mine.csrfToken }),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual(['csrf', 'csrf', 'not_found']);
  });

  it('is asked for the token at an open server, too, where nobody signs in', async () => {
    const open = await apiStage(() => ({ access: { apiToken: 'x'.repeat(20), open: true } }));
    try {
      const { body } = await ask<Session>(`${open.http.baseUrl}/api/session`);
      expect([body.role, body.signsIn]).toEqual(['admin', false]);
      const resume = (headers: Record<string, string>) =>
        ask<Problem>(`${open.http.baseUrl}/api/playbooks/none/resume`, { method: 'POST', body: {}, headers });
      expect((await resume({})).body.code).toBe('csrf');
      expect((await resume({ 'x-csrf-token': body.csrfToken! })).body.code).toBe('not_found');
    } finally {
      await open.close();
    }
  });

  it('stands in the audit log with what came of it', async () => {
    await stage.post('/api/playbooks/no-such-one/pause');
    const [entry] = await readAudit(stage.database, { before: undefined, most: 1 });
    expect(entry).toMatchObject({
      byName: 'API token',
      action: 'playbook.paused',
      target: 'no-such-one',
      result: 'not_found',
    });
  });
});

describe('what is not in the contract', () => {
  it('is refused with where it stands', async () => {
    const { status, body } = await stage.post<Problem>('/api/playbooks/welcome/pause', { why: 'x' });
    expect([status, body.code]).toEqual([400, 'invalid_body']);
    const wrong = await stage.post<Problem>('/api/playbooks/welcome/pause', { reason: '' });
    expect(wrong.body.pointer).toBe('/reason');
  });
});
