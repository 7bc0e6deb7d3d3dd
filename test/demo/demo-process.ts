/** The demo as people run it: a process of its own, compiled. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

export interface DemoProcess {
  process: ChildProcess;
  /** Lines of standard output so far. */
  printed: string[];
  said: string[];
  ended: Promise<number | null>;
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The command line, built. */
export const CLI = join(ROOT, 'dist/cli/main.js');

/** Brings dist/ up to what the sources say. @throws with what the build printed. */
export async function buildAll(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
}

export function startDemo(...args: string[]): DemoProcess {
  const child = spawn(process.execPath, [CLI, 'demo', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'warn' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed: string[] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => printed.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  return { process: child, printed, said, ended: once(child, 'close').then(([code]) => code as number | null) };
}
