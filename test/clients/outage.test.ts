/** The packages that people use, as they come, through an outage: what they were told is stored, each once. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { HttpServer } from '../../cli/run/http.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { CLOCK_SPEED, type Client, pythonWithSegment, serve, startClient } from './support.ts';

const OUTAGE_MS = 60_000;
/** Far above what is needed on a machine that has time. */
const WITHIN_MS = 40_000;

/** Two of them give up after three tries, within seconds, unless they are told to try more often. */
const THROUGH_A_MINUTE = [
  { program: 'segment-node.mjs' },
  { program: 'segment-browser.mjs' },
  { program: 'customerio-node.mjs', options: { maxRetries: 100 } },
  { program: 'rudder-node.mjs', options: { retryCount: 10 } },
  ...(pythonWithSegment() ? [{ program: 'segment-python.py' }] : []),
];
const THROUGH_A_MOMENT = [{ program: 'customerio-node.mjs' }, { program: 'rudder-node.mjs' }];
const sourceOf = (program: string) => program.split('.')[0]!;
const SOURCES = THROUGH_A_MINUTE.map(({ program }) => sourceOf(program));

let server: TestDatabase;
let database: Database;
let http: HttpServer;
const clients: Client[] = [];
beforeAll(async () => {
  server = await testDatabase();
  database = openDatabase(server.url);
});
afterEach(async () => {
  for (const { process } of clients.splice(0)) process.kill();
  await http.close();
  await database.pool.query('TRUNCATE events, pending_events');
});
afterAll(async () => {
  await database.close();
  await server.drop();
});

async function storedBy(source: string): Promise<number[]> {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT (properties->>'n')::int AS n FROM events WHERE source = $1 AND name = 'called' ORDER BY 1`,
    [source],
  );
  return rows.map(({ n }) => n);
}

const ALL = Array.from({ length: 20 }, (_, n) => n);

/** All calls are stored, each once, and the client has ended well. */
async function expectAllFrom(client: Client): Promise<void> {
  const giveUpAt = performance.now() + WITHIN_MS;
  let stored = await storedBy(client.source);
  while (stored.length < ALL.length && performance.now() < giveUpAt) {
    await sleep(50);
    stored = await storedBy(client.source);
  }
  client.tell();
  const { code, errors } = await client.ended;
  expect([client.source, stored, code], errors).toEqual([client.source, ALL, 0]);
}

it('of a minute: each delivers all', { timeout: 90_000 }, async () => {
  http = await serve(database, SOURCES);
  const { baseUrl } = http;
  clients.push(...THROUGH_A_MINUTE.map((one) => startClient({ ...one, source: sourceOf(one.program), baseUrl })));
  for (const client of clients) expect([client.source, await client.says()]).toEqual([client.source, 'loaded']);
  await http.close();
  for (const client of clients) client.tell();
  for (const client of clients) expect([client.source, await client.says()]).toEqual([client.source, 'called']);
  await sleep(OUTAGE_MS / CLOCK_SPEED);
  http = await serve(database, SOURCES, Number(new URL(baseUrl).port));
  for (const client of clients) client.tell();
  await Promise.all(clients.map(expectAllFrom));
});

it('of a moment: those that soon give up deliver all', { timeout: 60_000 }, async () => {
  http = await serve(database, SOURCES);
  const target = Number(new URL(http.baseUrl).port);
  const doors = THROUGH_A_MOMENT.map(() => {
    let refused = 0;
    return createServer((socket) => {
      refused += 1;
      if (refused === 1) return socket.destroy();
      const onward = connect(target, '127.0.0.1');
      for (const one of [socket, onward]) one.on('error', () => undefined);
      socket.pipe(onward).pipe(socket);
    }).listen(0, '127.0.0.1');
  });
  for (const [n, one] of THROUGH_A_MOMENT.entries()) {
    if (!doors[n]!.listening) await once(doors[n]!, 'listening');
    const { port } = doors[n]!.address() as { port: number };
    const baseUrl = `http://127.0.0.1:${port}`;
    clients.push(startClient({ ...one, source: sourceOf(one.program), baseUrl }));
  }
  for (const client of clients) {
    await client.says();
    client.tell();
    await client.says();
    client.tell();
  }
  await Promise.all(clients.map(expectAllFrom));
  for (const door of doors) door.close();
});
