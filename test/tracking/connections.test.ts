/** What a connection may take of the server before anybody knows whose it is. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpLimits, type HttpServer, startHttp } from '../../cli/run/http.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

async function listening(limits: Partial<HttpLimits>): Promise<HttpServer> {
  const access = { apiToken: 'a-token-of-a-test', open: false };
  return startHttp({
    database,
    writeKeys: [{ source: 'shop', key: 'a-key-of-a-test-0' }],
    secret: 's'.repeat(32),
    access,
    parts: [],
    limits,
  });
}
/** A client that says so much and no more; resolves with what it was answered once the server has closed it. */
function hanging({ baseUrl }: HttpServer, text: string): { socket: Socket; closed: Promise<string> } {
  const socket = connect(Number(new URL(baseUrl).port), '127.0.0.1');
  let answered = '';
  socket.on('data', (chunk: Buffer) => (answered += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(answered))) };
}
const HALF =
  'POST /v1/track HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"event"';

describe('a client that does not go on', () => {
  it('with its body is answered 408 and closed', async () => {
    const http = await listening({ requestTimeoutMs: 500, headersTimeoutMs: 400 });
    expect(await hanging(http, HALF).closed).toContain('408');
    await http.close();
  });

  it('with its headers is closed as well', async () => {
    const http = await listening({ requestTimeoutMs: 5_000, headersTimeoutMs: 300 });
    expect(await hanging(http, 'POST /v1/track HTTP/1.1\r\nHost:').closed).toContain('408');
    await http.close();
  });

  it('does not keep the server from stopping', async () => {
    const http = await listening({ closeTimeoutMs: 300 });
    const { closed } = hanging(http, HALF);
    // Its head has been read when another request is answered on a connection that came later.
    expect((await fetch(`${http.baseUrl}/healthz`)).status).toBe(200);
    await http.close();
    await closed;
  });
});

describe('connections', () => {
  it('beyond the bound are closed, and those within go on', async () => {
    const http = await listening({ connections: 1 });
    const first = hanging(http, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => first.socket.once('data', resolve));
    expect(await hanging(http, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n').closed).toBe('');
    first.socket.end();
    await http.close();
    expect(await first.closed).toContain('200 OK');
  });
});

describe('an address', () => {
  it('may end in a slash or have two; what is not there is 404 whatever its body is', async () => {
    const http = await listening({});
    const post = (path: string, headers = {}) =>
      fetch(`${http.baseUrl}${path}`, {
        method: 'POST',
        body: 'no json',
        headers: { 'content-encoding': 'gzip', ...headers },
      });
    for (const path of ['/v1/track/', '//v1/track', '/v1//batch']) {
      const authorization = `Basic ${Buffer.from('a-key-of-a-test-0:').toString('base64')}`;
      const answer = await post(path, { authorization, 'content-type': 'application/json' });
      expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        path,
        400,
        'invalid_json',
      ]);
    }
    for (const path of ['/v1/nothing', '/nothing']) expect((await post(path)).status).toBe(404);
    await http.close();
  });
});
