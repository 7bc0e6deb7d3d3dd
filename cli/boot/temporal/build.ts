import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../failure.ts';
import { tryLock } from '../lock-file.ts';
import { fetchingEnvironment, run } from '../programs.ts';
import type { Fetched } from './download.ts';

/** Later versions cannot be built by `go install`: their go.mod replaces a module. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;
/** The first build takes 6 to 8 minutes on two cores; a very slow machine may take several times that. */
const BUILD_TIMEOUT_MS = 3_600_000;
const PROGRESS_EVERY_MS = 30_000;
const LOCK_POLL_MS = 1_000;
const TAIL_LINES = 8;

export interface BuildOptions {
  say: (line: string) => void;
  /** Default: the environment's. */
  path?: string;
}

/**
 * Builds the official CLI from its source with Go into `goal`. It is built under a temporary name and renamed, so that it is there
 * whole or not at all. Who comes while another process builds waits for that one's binary.
 */
export async function buildTemporal(cacheFolder: string, goal: string, options: BuildOptions): Promise<Fetched> {
  const environment = { ...fetchingEnvironment(), ...(options.path === undefined ? {} : { PATH: options.path }) };
  if (!(await hasGo(environment))) return { reason: 'there is no `go` on PATH that works' };
  await mkdir(cacheFolder, { recursive: true });
  const release = await waitForLock(join(cacheFolder, `${basename(dirname(goal))}.lock`), options.say);
  if (release === undefined) return { reason: 'another process has been building it for an hour' };
  try {
    const present = await access(goal).then(
      () => true,
      () => false,
    );
    return present ? { path: goal } : await build(cacheFolder, goal, environment, options.say);
  } finally {
    await release();
  }
}

/** Whether Go is on PATH and works. */
export async function hasGo(environment: NodeJS.ProcessEnv = fetchingEnvironment()): Promise<boolean> {
  return run('go', ['version'], { env: environment }).then(
    () => true,
    () => false,
  );
}

async function waitForLock(path: string, say: (line: string) => void): Promise<(() => Promise<void>) | undefined> {
  const giveUpAt = Date.now() + BUILD_TIMEOUT_MS;
  let said = false;
  while (Date.now() < giveUpAt) {
    const attempt = await tryLock(path);
    if (attempt.taken) return attempt.release;
    if (!said) say(`Process ${attempt.holder.pid} is building the Temporal server; waiting for it.`);
    said = true;
    await sleep(LOCK_POLL_MS);
  }
  return undefined;
}

async function build(
  cacheFolder: string,
  goal: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<Fetched> {
  const half = await mkdtemp(join(cacheFolder, '.building-'));
  try {
    say(`Getting the Temporal server: \`go install ${MODULE}\`, once. On two cores this takes about 7 minutes.`);
    const failure = await goInstall(half, environment, say);
    if (failure !== undefined) return { reason: failure };
    await mkdir(dirname(goal), { recursive: true });
    await rename(join(half, basename(goal)), goal);
    return { path: goal };
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** Runs `go install`; undefined when it did, else why not. */
function goInstall(
  folder: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<string | undefined> {
  const startedAt = Date.now();
  const tail: string[] = [];
  let packages = 0;
  // -v names each package as its compilation begins; -s -w leave out what only debuggers read.
  const go = spawn('go', ['install', '-v', '-ldflags=-s -w', MODULE], {
    env: { ...environment, GOBIN: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_TIMEOUT_MS,
  });
  createInterface({ input: go.stderr }).on('line', (line) => {
    packages += 1;
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  });
  const progress = setInterval(() => {
    const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
    say(`Building the Temporal server: ${packages} packages so far, ${minutes} min.`);
  }, PROGRESS_EVERY_MS);
  return new Promise((resolve) => {
    const end = (reason: string | undefined) => {
      clearInterval(progress);
      resolve(reason);
    };
    go.once('error', (error) => end(messageOf(error)));
    go.once('close', (code, signal) => {
      end(code === 0 ? undefined : `\`go install ${MODULE}\` ended with ${code ?? signal}: ${tail.join(' | ')}`);
    });
  });
}
