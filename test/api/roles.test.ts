/** Who may call what: every route with every role, and with none. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Problem, ROLES, type Role } from '../../server/api/contract/common.ts';
import type { Session } from '../../server/api/contract/session.ts';
import type { AuditEntry, User } from '../../server/api/contract/users.ts';
import { addSignInLink, takeSignInLink } from '../../store/access/users.ts';
import { type ApiStage, apiStage, ask, userOf } from './support.ts';

let stage: ApiStage;
const cookies = new Map<Role, { cookie: string; csrfToken: string }>();
beforeAll(async () => {
  stage = await apiStage();
  for (const role of ROLES) cookies.set(role, await signInAs(role));
});
afterAll(() => stage.close());

/** By a link, as a mail has it. */
async function signInAs(role: Role, email?: string): Promise<{ cookie: string; csrfToken: string }> {
  const user = (await userOf(stage.database, role, email))!;
  const secret = randomBytes(32).toString('base64url');
  await addSignInLink(stage.database, user.id, secret, 60_000);
  const answer = await takeLink(secret);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/app/']);
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  const { body } = await ask<Session>(`${stage.http.baseUrl}/api/session`, { headers: { cookie } });
  expect([body.role, body.user.id]).toEqual([role, user.id]);
  return { cookie, csrfToken: body.csrfToken! };
}

/** By the button of the page that the link shows. */
const takeLink = (link: string) =>
  fetch(`${stage.http.baseUrl}/sign-in`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ link }) });

interface Described {
  paths: { [path: string]: { [method: string]: { description?: string } } };
}

async function routes(): Promise<{ method: string; path: string; role: Role | undefined }[]> {
  const { body } = await stage.get<Described>('/openapi.json');
  return Object.entries(body.paths)
    .filter(([path]) => path.startsWith('/api'))
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([method]) => method === 'get' || method === 'post')
        .map(([method, { description = '' }]) => ({
          method: method.toUpperCase(),
          path: path.replace(/\{\w+\}/g, 'none'),
          role: /Takes the role (\w+)\./.exec(description)?.[1] as Role | undefined,
        })),
    );
}

describe('every route of the API', () => {
  it('says its role', async () => {
    const all = await routes();
    expect(all.length).toBeGreaterThan(15);
    expect(all.filter(({ role }) => role === undefined)).toEqual([]);
  });

  it('is closed to nobody, and to roles below its own; open to the others', async () => {
    const wrong: string[] = [];
    for (const { method, path, role } of await routes()) {
      const call = (headers: Record<string, string>) =>
        ask<Problem>(`${stage.http.baseUrl}${path}`, { method, headers, ...(method === 'POST' && { body: {} }) });
      const nobody = await call({});
      if (nobody.status !== 401) wrong.push(`${method} ${path} nobody: ${nobody.status}`);
      for (const one of ROLES) {
        const { cookie, csrfToken } = cookies.get(one)!;
        const answer = await call({ cookie, 'x-csrf-token': csrfToken });
        const isLet = answer.body?.code !== 'forbidden' && answer.status !== 401;
        if (isLet !== ROLES.indexOf(one) >= ROLES.indexOf(role!))
          wrong.push(`${method} ${path} ${one}: ${answer.status}`);
        if (answer.status >= 500) wrong.push(`${method} ${path} ${one}: ${answer.status}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('users', () => {
  it('are made and changed by an admin, in the audit log without an address', async () => {
    const made = await stage.post<User>('/api/users', { email: 'New@Shop.example', name: 'New', role: 'viewer' });
    expect(made.body).toMatchObject({ email: 'new@shop.example', role: 'viewer', disabled: false });
    const changed = await stage.post<User>('/api/users', { email: 'new@shop.example', name: 'New', role: 'operator' });
    expect([changed.body.id, changed.body.role]).toEqual([made.body.id, 'operator']);
    const { body } = await stage.get<{ items: AuditEntry[]; next: string | null }>('/api/audit?limit=1');
    expect(body.items[0]).toMatchObject({ action: 'user.changed', target: 'operator', result: 'done' });
    expect(JSON.stringify(body)).not.toContain('@');
    const older = await stage.get<{ items: AuditEntry[] }>(`/api/audit?limit=1&after=${body.next}`);
    expect(older.body.items[0]).toMatchObject({ action: 'user.changed', target: 'viewer' });
  });

  it('are signed out when they are disabled, and get in no more', async () => {
    const email = 'gone@shop.example';
    const { cookie } = await signInAs('author', email);
    const { body } = await ask<Session>(`${stage.http.baseUrl}/api/session`, { headers: { cookie } });
    const pending = randomBytes(32).toString('base64url');
    await addSignInLink(stage.database, body.user.id!, pending, 60_000);
    await stage.post('/api/users', { email, name: 'Gone', role: 'author', disabled: true });
    expect((await ask(`${stage.http.baseUrl}/api/session`, { headers: { cookie } })).status).toBe(401);
    expect((await takeLink(pending)).status).toBe(401);
  });

  it('keep one admin: nobody takes the own role away', async () => {
    const { cookie, csrfToken } = cookies.get('admin')!;
    const answer = await ask<Problem>(`${stage.http.baseUrl}/api/users`, {
      method: 'POST',
      headers: { cookie, 'x-csrf-token': csrfToken },
      body: { email: 'admin@shop.example', name: 'Me', role: 'viewer' },
    });
    expect([answer.status, answer.body.code]).toEqual([409, 'conflict']);
  });
});

describe('a link', () => {
  it('counts once, within its time; of many for one user the latest five', async () => {
    const user = (await userOf(stage.database, 'viewer'))!;
    await addSignInLink(stage.database, user.id, 'late', -1);
    expect(await takeSignInLink(stage.database, 'late')).toBeUndefined();
    for (let n = 0; n < 7; n += 1) await addSignInLink(stage.database, user.id, `link-${n}`, 60_000 + n);
    const taken = await Promise.all(Array.from({ length: 7 }, (_, n) => takeSignInLink(stage.database, `link-${n}`)));
    expect(taken.map((one) => one !== undefined)).toEqual([false, false, true, true, true, true, true]);
    expect(await takeSignInLink(stage.database, 'link-6')).toBeUndefined();
  });
});
