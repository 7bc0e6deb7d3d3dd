/** The product as a process of its own, which can be killed as a power cut would: with all that it started, or alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProductOptions {
  /** The compiled `cli/main.js`. */
  main: string;
  dataDir: string;
  playbooks: string;
  smtpUrl: string;
  writeKey: string;
  warp: number;
}

/** `process`: the product alone; what it started notices, and ends in order. `everything`: its PostgreSQL and Temporal, too. */
export type KillKind = 'process' | 'everything';

export interface Product {
  baseUrl: string;
  databaseUrl: string;
  /** Its latest lines, oldest first. */
  said: readonly string[];
  /** Stopped (SIGSTOP), so that what is under way can be counted before it is killed. */
  freeze(): Promise<void>;
  kill(kind: KillKind): Promise<void>;
  /** Ends in order. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 30_000;
/** What was sent before it froze has been answered by then. */
const FROZEN_MS = 50;
const LINES_KEPT = 60;

/** @throws Error with its last lines, when it ends before it is ready. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { main, dataDir, playbooks, smtpUrl, writeKey, warp } = options;
  const child = spawn(process.execPath, [main, 'start', '--data-dir', dataDir, '--port', '0', '--warp', String(warp)], {
    // A group of its own: a kill reaches all of it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CUEBOOK_PLAYBOOKS: playbooks,
      CUEBOOK_WRITE_KEYS: `shop:${writeKey}`,
      SMTP_URL: smtpUrl,
      DATABASE_URL: '',
      TEMPORAL_ADDRESS: '',
      LOG_LEVEL: 'warn',
    },
  });
  const ended = once(child, 'exit');
  const said: string[] = [];
  const baseUrl = await whenReady(child, said, ended);
  const parts = JSON.parse(await readFile(join(dataDir, 'parts.json'), 'utf8')) as { databaseUrl: string };
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, name);
  };
  return {
    baseUrl,
    databaseUrl: parts.databaseUrl,
    said,
    async freeze() {
      signal('SIGSTOP');
      await sleep(FROZEN_MS);
    },
    async kill(kind) {
      // The parts first: the product's death would let them end in order.
      if (kind === 'everything') for (const pid of await pidsOf(join(dataDir, 'run'))) process.kill(pid, 'SIGKILL');
      signal('SIGKILL');
      await ended;
    },
    async stop() {
      signal('SIGCONT');
      signal('SIGTERM');
      const late = setTimeout(() => signal('SIGKILL'), STOPPED_WITHIN_MS);
      await ended;
      clearTimeout(late);
    },
  };
}

async function whenReady(child: ChildProcess, said: string[], ended: Promise<unknown>): Promise<string> {
  const ready = new Promise<string>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (said.length > LINES_KEPT) said.shift();
        const url = /Cuebook is ready: (http\S+)/.exec(line)?.[1];
        if (url !== undefined) resolve(url);
      });
    }
  });
  const late = sleep(READY_WITHIN_MS, undefined, { ref: false });
  const baseUrl = await Promise.race([ready, ended.then(() => undefined), late.then(() => undefined)]);
  if (baseUrl !== undefined) return baseUrl;
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  throw new Error(`The product was not ready within ${READY_WITHIN_MS} ms. Its last lines:\n${said.join('\n')}`);
}

/** The parts that it started, by the files in which it remembers them. */
async function pidsOf(folder: string): Promise<number[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.pid'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => (JSON.parse(text) as { pid: number }).pid);
}
