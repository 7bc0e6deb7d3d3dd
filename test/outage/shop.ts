/** A Cuebook that reaches its PostgreSQL and its Temporal through wires which a test can pull out. */
import { randomUUID } from 'node:crypto';
import { createLogger } from '../../cli/report/log.ts';
import { type Runtime, startRuntime } from '../../cli/run/runtime.ts';
import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { compileWorkspace } from '../../language/compile.ts';
import type { Json } from '../../language/model.ts';
import { PLAYBOOKS } from '../../simulate/crash/playbooks.ts';
import { type MailSink, startSink } from '../../simulate/crash/sink.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { type Wire, wireTo } from '../store/unplugged.ts';
import { testDatabase } from '../support/postgres.ts';
import { testTemporal } from '../support/temporal.ts';

export interface Answer {
  status: number;
  retryAfter: string | null;
  body: { code?: string; detail?: string };
}

export interface Shop extends AsyncDisposable {
  runtime: Runtime;
  baseUrl: string;
  /** Not through the wire: what a test looks at is there during an outage, too. */
  database: Database;
  toDatabase: Wire;
  toTemporal: Wire;
  sink: MailSink;
  /** Closes the mail server; `open` brings it back at the same address, with what it had taken. */
  closeMail(): Promise<void>;
  openMail(): Promise<void>;
  /** Message-IDs of all mails that were taken, with repeats. */
  mails(): string[];
  /** What the overview tells people. */
  told(): Promise<string[]>;
  /** The log's messages so far. */
  logged(): string[];
  post(call: { [name: string]: Json }): Promise<Answer>;
  /** The rows of a query, as lists of values. */
  read(sql: string): Promise<unknown[][]>;
}

const API_TOKEN = 'the-api-token-of-a-shop';
const WRITE_KEY = 'the-write-key-of-a-shop';

/** @param warp virtual seconds a real second */
export async function openShop(warp: number): Promise<Shop> {
  const [server, temporal] = await Promise.all([testDatabase(), testTemporal()]);
  const [toDatabase, toTemporal] = await Promise.all([wireTo(server.url), wireTo(`tcp://${temporal.address}`)]);
  const database = openDatabase(server.url, { max: 2 });
  await setClock(database, { mode: 'warped', warp });
  const { versions, workspace } = compileWorkspace(PLAYBOOKS, registry);
  const { settings, people } = workspace;
  const { names } = buildProgram(versions, settings);
  await deploy(database, { versions, surroundings: { settings, people }, listened: [...names] });
  const sinks = [await startSink({ answerMs: 0 })];
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', stream: { write: (line) => void lines.push(line) } });
  const runtime = await startRuntime({
    databaseUrl: toDatabase.url,
    secret: 'a-secret-of-a-test-and-of-nothing-else',
    log,
    say: (line) => void lines.push(JSON.stringify({ msg: line })),
    http: {
      writeKeys: [{ source: 'shop', key: WRITE_KEY }],
      access: { apiToken: API_TOKEN, open: false },
      parts: [],
    },
    evaluator: true,
    worker: {
      temporal: { address: new URL(toTemporal.url).host, namespace: 'default' },
      taskQueue: `test-${randomUUID()}`,
      smtpUrl: sinks[0]!.url,
    },
  });
  const { baseUrl } = runtime.http!;
  return {
    runtime,
    baseUrl,
    database,
    toDatabase,
    toTemporal,
    sink: sinks[0]!,
    closeMail: () => sinks.at(-1)!.close(),
    async openMail() {
      sinks.push(await startSink({ answerMs: 0, port: Number(new URL(sinks[0]!.url).port) }));
    },
    mails: () => sinks.flatMap(({ mails }) => [...mails].flatMap(([id, times]) => Array<string>(times).fill(id))),
    async told() {
      const headers = { authorization: `Bearer ${API_TOKEN}` };
      const answer = await (await fetch(`${baseUrl}/api/overview`, { headers })).json();
      return (answer as { latest: { sentence: { text: string } }[] }).latest.map(({ sentence }) => sentence.text);
    },
    logged: () => lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    async post({ type = 'track', ...call }) {
      const response = await fetch(`${baseUrl}/v1/${String(type)}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}`, 'content-type': 'application/json' },
        body: JSON.stringify(call),
      });
      const body = (await response.json()) as Answer['body'];
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
    },
    async read(sql) {
      const { rows } = await database.pool.query({ text: sql, rowMode: 'array' });
      return rows;
    },
    async [Symbol.asyncDispose]() {
      await runtime.stop();
      await sinks.at(-1)!.close();
      await Promise.all([toDatabase.close(), toTemporal.close()]);
      await database.close();
      await server.drop();
    },
  };
}

/** Somebody who may be written to. */
export function shopper(userId: string): { [name: string]: Json } {
  const traits = { name: userId, email: `${userId}@shop.example`, consent: { marketing: true } };
  return { type: 'identify', userId, traits };
}

export function track(userId: string, event: string, properties: { [name: string]: Json } = {}) {
  return { userId, event, properties, messageId: randomUUID() };
}
