/** `cuebook server` and `cuebook worker` as a deployment runs them: processes of their own on parts that others run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PLAYBOOKS } from '../../simulate/crash/playbooks.ts';
import { startSink } from '../../simulate/crash/sink.ts';
import { until } from '../cohort/support.ts';
import { ROOT } from '../structure/sources.ts';
import { testDatabase } from '../support/postgres.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { testTemporal } from '../support/temporal.ts';

const WRITE_KEY = 'the-write-key-of-a-deployment';
const SECRET = 'a-secret-of-a-test-and-of-nothing-else';

interface Started {
  said: string[];
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Resolves with what the line with this says. */
  line(pattern: RegExp): Promise<string>;
  process: ChildProcess;
}

function cuebook(args: string[], variables: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'warn', ...variables },
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => said.push(line));
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const find = (pattern: RegExp) => said.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined);
  return {
    process: child,
    said,
    ended,
    async line(pattern) {
      await until(`${pattern} in:\n${said.join('\n')}`, () => find(pattern) !== undefined, 60_000);
      return find(pattern)!;
    },
  };
}

async function playbookFolder(): Promise<string> {
  const folder = await makeTempFolder();
  for (const { path, text } of PLAYBOOKS) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

describe('a deployment of one server and one worker', { timeout: 120_000 }, () => {
  it('mails, from the worker, whoever an event names that came to the server', async () => {
    const [database, temporal, sink] = await Promise.all([testDatabase(), testTemporal(), startSink({ answerMs: 0 })]);
    onTestFinished(async () => {
      await sink.close();
      await database.drop();
    });
    const shared = { DATABASE_URL: database.url, CUEBOOK_SECRET: SECRET };
    const server = cuebook(['server'], {
      ...shared,
      CUEBOOK_WRITE_KEYS: `shop:${WRITE_KEY}`,
      CUEBOOK_API_TOKEN: 'the-api-token-of-a-deployment',
      CUEBOOK_PLAYBOOKS: await playbookFolder(),
    });
    const baseUrl = await server.line(/Cuebook serves at (http\S+)/);
    expect(server.said).toContain('Deployed, each for the first time: cart, welcome.');
    const worker = cuebook(['worker', '--public-url', 'https://shop.example', '--port', '0'], {
      ...shared,
      TEMPORAL_ADDRESS: temporal.address,
      SMTP_URL: sink.url,
    });
    await worker.line(/(Cuebook works)/);
    const health = await worker.line(/health and metrics {2}(http\S+)/);
    expect(await (await fetch(`${health}/readyz`)).json()).toEqual({ status: 'ready' });
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics).toContain('cuebook_part_up{part="temporal"} 1');
    expect(metrics).toContain('cuebook_events_pending 0');

    const traits = { name: 'Bea', email: 'bea@shop.example', consent: { marketing: true } };
    const batch = [
      { type: 'identify', userId: 'bea', traits },
      { type: 'track', userId: 'bea', event: 'account.created' },
    ];
    const response = await fetch(`${baseUrl}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${WRITE_KEY}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch }),
    });
    expect(response.status).toBe(200);
    await until('the mail has come', () => sink.mails.size === 1, 30_000);

    for (const started of [server, worker]) {
      started.process.kill('SIGTERM');
      expect(await started.ended, started.said.join('\n')).toEqual({ code: 0, signal: null });
    }
    expect([...sink.mails.values()]).toEqual([1]);
  });

  it('each says what it needs when that is not set', async () => {
    const server = cuebook(['server'], { DATABASE_URL: '', CUEBOOK_SECRET: SECRET, CUEBOOK_API_TOKEN: '' });
    expect(await server.ended).toEqual({ code: 2, signal: null });
    expect(server.said.join('\n')).toContain(
      'needs DATABASE_URL, CUEBOOK_WRITE_KEYS, CUEBOOK_API_TOKEN, which are not set',
    );
  });
});
