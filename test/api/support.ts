/** A server with its API over a database of its own, and who asks it. */
import { type HttpServer, startHttp } from '../../cli/run/http.ts';
import type { Role } from '../../server/api/contract/common.ts';
import type { Session } from '../../server/api/contract/session.ts';
import { putUser } from '../../store/access/users.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

export const TOKEN = 'a-token-of-the-api-tests-01';

export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

export interface ApiStage {
  database: Database;
  http: HttpServer;
  /** As the API token. */
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body?: object): Promise<Answer<T>>;
  close(): Promise<void>;
}

type More = Partial<Parameters<typeof startHttp>[0]>;

export async function apiStage(more: (database: Database) => More = () => ({})): Promise<ApiStage> {
  const test: TestDatabase = await testDatabase();
  const database = openDatabase(test.url);
  const stage = await apiOver(database, more(database));
  return {
    ...stage,
    async close() {
      await stage.close();
      await database.close();
      await test.drop();
    },
  };
}

/** Over a database of the caller's, who closes it. */
export async function apiOver(database: Database, more: More = {}): Promise<ApiStage> {
  const http = await startHttp({
    database,
    writeKeys: [{ source: 'shop', key: 'a-key-of-the-api-tests' }],
    secret: 's'.repeat(32),
    access: { apiToken: TOKEN, open: false },
    parts: [{ part: 'PostgreSQL', from: 'embedded', version: '18.4' }],
    ...more,
  });
  const headers = { authorization: `Bearer ${TOKEN}` };
  return {
    database,
    http,
    get: (path) => ask(`${http.baseUrl}${path}`, { headers }),
    post: (path, body = {}) => ask(`${http.baseUrl}${path}`, { method: 'POST', body, headers }),
    close: () => http.close(),
  };
}

export async function ask<T>(
  url: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: object; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...json, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const isStream = /event-stream/.test(answer.headers.get('content-type') ?? '');
  // What does not end is not waited for.
  if (isStream) await answer.body!.cancel();
  const text = isStream ? '' : await answer.text();
  const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, body: (isJson ? JSON.parse(text) : text) as T };
}

/** A browser that the API token has signed in. */
export async function signedIn({ http }: ApiStage): Promise<{ cookie: string; csrfToken: string }> {
  const form = await fetch(`${http.baseUrl}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ token: TOKEN }),
  });
  const cookie = form.headers.get('set-cookie')!.split(';')[0]!;
  const { body } = await ask<Session>(`${http.baseUrl}/api/session`, { headers: { cookie } });
  return { cookie, csrfToken: body.csrfToken! };
}

export const userOf = (database: Database, role: Role, email = `${role}@shop.example`) =>
  putUser(database, { email, name: `The ${role}`, role, disabled: false });
