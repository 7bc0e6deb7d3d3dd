import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runningParts } from '../../cli/boot/running-parts.ts';
import { compiledCli } from '../support/compiled-cli.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { type HoldingProcess, holdParts } from './holder.ts';

let compiled: string;
beforeAll(async () => {
  compiled = await compiledCli();
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Processes whose command line names this folder. */
function processesOf(folder: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(`${folder}/`)).map((line) => Number.parseInt(line, 10));
}

async function untilGone(folder: string): Promise<void> {
  for (let i = 0; i < 400 && processesOf(folder).length > 0; i += 1) await sleep(25);
  expect(processesOf(folder)).toEqual([]);
}

async function hold(
  folder: string,
  needs = 'postgres',
  variables?: NodeJS.ProcessEnv,
): Promise<HoldingProcess & { url: string }> {
  const holding = holdParts(compiled, folder, needs, { variables });
  const ready = await holding.ready;
  if (ready === undefined) throw new Error(`it did not boot:\n${holding.said.join('\n')}`);
  return { ...holding, url: ready.databaseUrl };
}

describe('a machine that has nothing gets a PostgreSQL', { timeout: 60_000 }, () => {
  it('keeps what was written from one start to the next', async () => {
    const folder = await makeTempFolder();
    const first = await hold(folder);
    await query(first.url, "CREATE TABLE kept AS SELECT 'ø' AS letter");
    first.process.kill('SIGTERM');
    expect(await first.ended).toEqual({ code: 0, signal: null });
    const second = await hold(folder);
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ letter: 'ø' }]);
    expect(await query(second.url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    second.process.kill('SIGTERM');
    await second.ended;
    await untilGone(folder);
  });

  it('lets nobody in without the password, which only its owner may read', async () => {
    const folder = await makeTempFolder();
    const holding = await hold(folder);
    const url = new URL(holding.url);
    url.password = 'guessed';
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'parts.json')).mode & 0o777).toBe(0o600);
    holding.process.kill('SIGTERM');
    await holding.ended;
  });

  it('stops it when the program alone is killed', async () => {
    const folder = await makeTempFolder();
    const holding = await hold(folder);
    expect(processesOf(folder).length).toBeGreaterThan(0);
    holding.process.kill('SIGKILL');
    await holding.ended;
    await untilGone(folder);
  });

  it('recovers when everything was killed at once', async () => {
    const folder = await makeTempFolder();
    const first = await hold(folder);
    await query(first.url, "CREATE TABLE kept AS SELECT 'x' AS letter");
    // The guard too, by killing the program's server before the guard can.
    const server = Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(server, 'SIGKILL');
    first.process.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(folder, 'postgres/postmaster.pid'))).toBe(true);
    const second = await hold(folder);
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ letter: 'x' }]);
    second.process.kill('SIGTERM');
    await second.ended;
  });

  it('starts it again when it is killed under a running program, at the same address', async () => {
    const folder = await makeTempFolder();
    const holding = await hold(folder);
    const before = Number(readFileSync(join(folder, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(before, 'SIGKILL');
    for (let i = 0; i < 400 && !holding.said.includes('PostgreSQL runs again.'); i += 1) await sleep(25);
    expect(holding.said.join('\n')).toContain('PostgreSQL died: signal SIGKILL');
    expect(await query(holding.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    holding.process.kill('SIGTERM');
    await holding.ended;
    await untilGone(folder);
  });
});

describe('one process holds a data folder', { timeout: 60_000 }, () => {
  it('tells a second start who holds it, since when, and what to do', async () => {
    const folder = await makeTempFolder();
    const first = await hold(folder);
    const second = holdParts(compiled, folder, 'postgres');
    expect(await second.ended).toEqual({ code: 2, signal: null });
    const said = second.said.join('\n');
    expect(said).toContain(`is held by process ${first.process.pid} since 20`);
    expect(said).toContain('hold-parts.mjs');
    expect(said).toContain(`kill ${first.process.pid}`);
    expect((await runningParts(folder))?.databaseUrl).toBe(first.url);
    first.process.kill('SIGTERM');
    await first.ended;
    expect(await runningParts(folder)).toBeUndefined();
  });
});

describe('a command beside a running Cuebook uses its parts', { timeout: 60_000 }, () => {
  it('finds them by the data folder, and leaves them running', async () => {
    const folder = await makeTempFolder();
    const first = await hold(folder);
    const second = holdParts(compiled, folder, 'postgres', { mode: 'reach' });
    expect((await second.ready)?.databaseUrl).toBe(first.url);
    expect(await second.ended).toEqual({ code: 0, signal: null });
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    first.process.kill('SIGTERM');
    await first.ended;
  });

  it('boots them for itself where none runs, and ends them', async () => {
    const folder = await makeTempFolder();
    const alone = holdParts(compiled, folder, 'postgres', { mode: 'reach' });
    expect((await alone.ready)?.databaseUrl).toMatch(/^postgresql:/);
    expect(await alone.ended).toEqual({ code: 0, signal: null });
    await untilGone(folder);
  });
});

describe('Ctrl-C once is orderly, twice is at once', { timeout: 60_000 }, () => {
  it('says what it stops', async () => {
    const holding = await hold(await makeTempFolder());
    holding.process.kill('SIGINT');
    expect(await holding.ended).toEqual({ code: 0, signal: null });
    expect(holding.said.slice(-2)).toEqual(['Stopping. Ctrl-C again stops at once.', 'Stopping PostgreSQL.']);
  });

  it('leaves nothing behind when it is pressed twice', async () => {
    const folder = await makeTempFolder();
    const holding = await hold(folder, 'postgres', { LINGER_MS: '30000' });
    holding.process.kill('SIGINT');
    for (let i = 0; i < 100 && !holding.said.some((line) => line.startsWith('Stopping.')); i += 1) await sleep(25);
    holding.process.kill('SIGINT');
    expect(await holding.ended).toEqual({ code: 130, signal: null });
    await untilGone(folder);
  });
});

describe('what the environment names is used, and asked first', { timeout: 60_000 }, () => {
  it('says that DATABASE_URL does not answer, without its password', async () => {
    const variables = { DATABASE_URL: 'postgresql://cuebook:hunter2@127.0.0.1:1/cuebook' };
    const holding = holdParts(compiled, await makeTempFolder(), 'postgres', { variables });
    expect(await holding.ended).toEqual({ code: 2, signal: null });
    expect(holding.said.join('\n')).toContain('DATABASE_URL (127.0.0.1:1/cuebook) does not answer');
    expect(holding.said.join('\n')).not.toContain('hunter2');
  });

  it('says where each part came from', async () => {
    const folder = await makeTempFolder();
    const first = await hold(folder, 'postgres,temporal,mailbox');
    const second = holdParts(compiled, await makeTempFolder(), 'postgres', {
      variables: { DATABASE_URL: first.url },
    });
    const ready = await second.ready;
    expect(ready?.chosen).toMatchObject([{ part: 'PostgreSQL', from: 'DATABASE_URL' }]);
    expect((await first.ready)?.chosen.map(({ part }) => part)).toEqual(['PostgreSQL', 'Temporal', 'mail']);
    expect((await first.ready)?.smtpUrl).toMatch(/^smtp:\/\/127\.0\.0\.1:\d+/);
    expect(existsSync(join(folder, 'temporal/temporal.db'))).toBe(true);
    for (const holding of [second, first]) {
      holding.process.kill('SIGTERM');
      expect(await holding.ended).toEqual({ code: 0, signal: null });
    }
    await untilGone(folder);
  });
});

describe.runIf(process.platform === 'linux')('secrets stay where they are needed', { timeout: 60_000 }, () => {
  it('the servers that run beside learn none, and nobody else reads what the folder holds', async () => {
    const folder = await makeTempFolder();
    const secrets = {
      CUEBOOK_SECRET: 'seal-of-this-test-'.repeat(2),
      CUEBOOK_API_TOKEN: 'token-of-this-test-0123',
      CUEBOOK_WRITE_KEYS: 'shop:key-of-this-test-0123',
      SOMEBODYS_PASSWORD: 'password-of-this-test',
    };
    const holding = await hold(folder, 'postgres,temporal,mailbox', secrets);
    const servers = processesOf(folder).filter((pid) => pid !== holding.process.pid);
    const environments = servers.map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    expect(servers.length).toBeGreaterThan(1);
    expect(environments.filter((text) => /of-this-test/.test(text))).toEqual([]);
    const paths = ['run', 'run/postgres.pid', 'temporal', 'temporal/temporal.db', 'mailbox', 'parts.json'];
    const modes = paths.map((path) => `${path} ${(statSync(join(folder, path)).mode & 0o777).toString(8)}`);
    expect(modes.filter((line) => !/ [67]00$/.test(line))).toEqual([]);
    holding.process.kill('SIGTERM');
    await holding.ended;
  });
});

describe('a data folder that the server’s user cannot reach is no hindrance', { timeout: 60_000 }, () => {
  const asRoot = process.getuid?.() === 0;

  it.runIf(asRoot)('puts the database elsewhere, keeps it there, and says where', async () => {
    const closed = await makeTempFolder();
    await chmod(closed, 0o700);
    const folder = join(closed, 'data');
    const first = await hold(folder);
    const place = /data in (\S+)\.$/.exec(first.said.find((line) => line.startsWith('PostgreSQL')) ?? '')?.[1] ?? '';
    onTestFinished(() => rm(place, { recursive: true, force: true }));
    expect(place).toMatch(/^\/var\/lib\/cuebook\/postgres-/);
    await query(first.url, "CREATE TABLE kept AS SELECT 'x' AS letter");
    first.process.kill('SIGTERM');
    await first.ended;
    const second = await hold(folder);
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ letter: 'x' }]);
    second.process.kill('SIGTERM');
    await second.ended;
  });
});
