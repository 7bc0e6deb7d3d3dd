/** A process that is told to end while its journeys go on without a pause: it ends in order and soon, and they go on in the next. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deployFolder } from '../../cli/run/deploy-folder.ts';
import { type Runtime, startRuntime } from '../../cli/run/runtime.ts';
import { setClock } from '../../store/postgres/clock.ts';
import { openDatabase } from '../../store/postgres/database.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { testTemporal } from '../support/temporal.ts';

/** Each round is a command of its own, due at once. */
const PLAYBOOK = `
playbook: rounds
trigger: { event: go }
steps:
  - repeat: { at_most: 10 }
    steps:
      - repeat: { at_most: 6 }
        steps:
          - record: round
`;
const KEY = 'a-key-of-this-test-0';
const ROUNDS = 60;
/** Far from the worker's own deadline, after which it is no order any more. */
const SOON_MS = 10_000;

let server: TestDatabase;
let address: string;
beforeAll(async () => {
  [server, { address }] = await Promise.all([testDatabase(), testTemporal()]);
}, 60_000);
afterAll(() => server.drop());

const taskQueue = `test-${randomUUID()}`;

function running(logged: string[], said: string[]): Promise<Runtime> {
  return startRuntime({
    databaseUrl: server.url,
    secret: 's'.repeat(32),
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
    say: (line) => said.push(line),
    http: {
      writeKeys: [{ source: 'test', key: KEY }],
      access: { apiToken: 'a-token-of-this-test', open: false },
      parts: [],
    },
    evaluator: true,
    worker: { temporal: { address, namespace: 'default' }, taskQueue, smtpUrl: 'smtp://127.0.0.1:9' },
  });
}

async function until(runtime: Runtime, sql: string): Promise<void> {
  const giveUpAt = performance.now() + 60_000;
  while (!(await runtime.database.pool.query(`SELECT 1 WHERE ${sql}`)).rowCount) {
    if (performance.now() > giveUpAt) throw new Error(`not within a minute: ${sql}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function deployed(): Promise<void> {
  const folder = await makeTempFolder();
  await writeFile(join(folder, 'rounds.yaml'), PLAYBOOK.trimStart());
  const database = openDatabase(server.url);
  await setClock(database, { mode: 'real' });
  await deployFolder(database, folder);
  await database.close();
}

it('no error is logged, nothing is done twice and nothing left out', { timeout: 120_000 }, async () => {
  await deployed();
  const logged: string[] = [];
  const said: string[] = [];
  const first = await running(logged, said);
  const batch = ['ada', 'bob', 'cleo'].map((userId) => ({ type: 'track', event: 'go', userId }));
  const answer = await fetch(`${first.http!.baseUrl}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${KEY}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch }),
  });
  expect(answer.status).toBe(200);
  await until(first, '(SELECT count(*) FROM effects) > 15');
  const toldAt = performance.now();
  await first.stop();
  expect(performance.now() - toldAt).toBeLessThan(SOON_MS);
  expect(said.filter((line) => !line.startsWith('Stopping '))).toEqual([]);
  // A long workflow task is worth a word to the SDK.
  expect(logged.filter((line) => !line.includes('TMPRL1104'))).toEqual([]);
  const second = await running(logged, said);
  try {
    const { rows } = await second.database.pool.query('SELECT count(*)::int AS n FROM effects');
    expect(rows[0].n).toBeLessThan(3 * ROUNDS);
    await until(second, `(SELECT count(*) FROM enrolments WHERE ended_at IS NOT NULL) = 3`);
    const each = await second.database.pool.query('SELECT count(*)::int AS n FROM effects GROUP BY enrolment_id');
    expect(each.rows).toEqual(Array(3).fill({ n: ROUNDS }));
  } finally {
    await second.stop();
  }
});
