/** The product as people run it: compiled, a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { compiledCli } from '../support/compiled-cli.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Built {
  /** What `cuebook` runs. */
  cli: string;
}

export interface CliProcess {
  process: ChildProcess;
  /** Lines of standard output so far. */
  printed: string[];
  /** Lines of standard error so far. */
  said: string[];
  ended: Promise<number | null>;
}

/** The product that the run has compiled. */
export async function build(): Promise<Built> {
  return { cli: join(await compiledCli(), 'cli/main.js') };
}

/** Starts `cuebook …`. It ends with the test at the latest. */
export function startCli(built: Built, args: string[], environment: Record<string, string> = {}): CliProcess {
  const started = spawnCli(built, args, environment);
  onTestFinished(() => void started.process.kill('SIGKILL'));
  return started;
}

/** Starts `cuebook …`; whoever starts it ends it. */
export function spawnCli({ cli }: Built, args: string[], environment: Record<string, string> = {}): CliProcess {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'warn', ...environment },
  });
  const printed: string[] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => printed.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  return { process: child, printed, said, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** The address that a process prints, on either stream. @throws when it ends, or says none within a minute. */
export async function addressOf({ process, printed, said }: CliProcess): Promise<string> {
  for (let i = 0; i < 600 && process.exitCode === null; i += 1) {
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec([...printed, ...said].join('\n'))?.[0];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`It said no address:\n${said.join('\n')}`);
}
