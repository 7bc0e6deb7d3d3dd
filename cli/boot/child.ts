import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf } from '../failure.ts';
import { makePrivateFolder } from './private-files.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';
import { plainEnvironment } from './programs.ts';
import type { Exit, Running } from './supervisor.ts';

const TAIL_LINES = 20;
const LINE_CHARACTERS = 500;
const ORDERLY_STOP_MS = 15_000;
const LEFTOVER_POLL_MS = 25;

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  /** Where its identity is written, so that the next start finds what a killed parent left running. */
  pidFile: string;
  /** What asks it to stop in order. */
  stopSignal: NodeJS.Signals;
  /** What ends it at once. */
  killSignal: NodeJS.Signals;
  uid?: number;
  gid?: number;
  cwd?: string;
  onLine?: (line: string) => void;
}

export interface RunningChild extends Running {
  pid: number;
  /** Its latest lines of output, oldest first. */
  tail(): string[];
}

/**
 * Starts a server as a child that cannot outlive its parent: it has a session of its own, so that the terminal's Ctrl-C
 * reaches only us; a guard stops it when we die without doing so; and what outlived both is stopped by the next start.
 *
 * @throws Failure when the command cannot be started.
 */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  await stopLeftover(options.pidFile, options.stopSignal, options.killSignal);
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: plainEnvironment(),
  });
  const tail: string[] = [];
  for (const stream of [child.stdout, child.stderr]) follow(stream, tail, options.onLine);
  const exited = exitOf(child, tail);
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw new Failure(
      'CHILD_NOT_STARTED',
      `${options.name} could not be started: ${options.command}: ${messageOf(cause)}`,
      'See that the file exists and that this user may execute it.',
      { cause },
    );
  }
  const pid = child.pid!;
  const guard = startGuard(pid, options.stopSignal);
  await writeIdentity(options.pidFile, pid);
  void exited.then(() => {
    guard.release();
    return rm(options.pidFile, { force: true });
  });
  return {
    pid,
    exited,
    tail: () => [...tail],
    kill: () => void child.kill(options.killSignal),
    async stop() {
      child.kill(options.stopSignal);
      const late = setTimeout(() => child.kill('SIGKILL'), ORDERLY_STOP_MS);
      await exited;
      clearTimeout(late);
    },
  };
}

function follow(stream: Readable, tail: string[], onLine: ((line: string) => void) | undefined): void {
  createInterface({ input: stream }).on('line', (line) => {
    const cut = line.slice(0, LINE_CHARACTERS);
    tail.push(cut);
    if (tail.length > TAIL_LINES) tail.shift();
    onLine?.(cut);
  });
}

function exitOf(child: ChildProcess, tail: string[]): Promise<Exit> {
  return new Promise((resolve) => {
    // `close` comes after the last line was read, `exit` may come before it.
    child.once('close', (code, signal) => resolve({ code, signal, lastLines: [...tail] }));
  });
}

/**
 * A shell that waits for the end of its input, which is our death, and then stops the child. A word on its input lets
 * it go in peace. It costs about a megabyte, and, unlike a handler of ours, it works after kill -9.
 */
function startGuard(pid: number, signal: NodeJS.Signals): { release(): void } {
  if (process.platform === 'win32') return { release() {} };
  const guard = spawn('/bin/sh', ['-c', 'read -r _ || kill -s "$1" "$2"', 'guard', signal.slice(3), String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: plainEnvironment(),
  });
  // Without a shell there is no guard; the next start still finds the leftover by its pid file.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  return { release: () => void guard.stdin.end('released\n') };
}

async function writeIdentity(pidFile: string, pid: number): Promise<void> {
  const identity = await identify(pid);
  if (identity === undefined) return;
  await makePrivateFolder(dirname(pidFile));
  await writeFile(pidFile, JSON.stringify(identity), { mode: 0o600 });
}

/** Stops the child that an earlier parent left running, if the process of that identity still lives. */
async function stopLeftover(pidFile: string, stopSignal: NodeJS.Signals, killSignal: NodeJS.Signals): Promise<void> {
  const identity = await readIdentity(pidFile);
  if (identity === undefined) return;
  for (const signal of [stopSignal, killSignal, 'SIGKILL'] as const) {
    if (!(await isAlive(identity))) break;
    await signalUntilGone(identity, signal);
  }
  await rm(pidFile, { force: true });
}

/** Signals a process and waits until it is gone, at most as long as an orderly stop may take. */
export async function signalUntilGone(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw error;
  }
  const giveUpAt = Date.now() + ORDERLY_STOP_MS;
  while (Date.now() < giveUpAt && (await isAlive(identity))) await sleep(LEFTOVER_POLL_MS);
}

async function readIdentity(pidFile: string): Promise<ProcessIdentity | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(pidFile, 'utf8'));
    const { pid, began } = value as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof began === 'string' ? { pid, began } : undefined;
  } catch {
    // No file, or one that was cut by a crash: nothing is known to be running.
    return undefined;
  }
}
