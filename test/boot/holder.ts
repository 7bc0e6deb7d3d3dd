import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FIXTURE = join(dirname(fileURLToPath(import.meta.url)), 'fixtures/hold-parts.mjs');

/** A process of its own that holds a data folder and boots parts in it; see fixtures/hold-parts.mjs. */
export interface HoldingProcess {
  process: ChildProcess;
  /** What it said on standard error. */
  said: string[];
  /** Where its parts answer; undefined when it ended without having booted. */
  ready: Promise<
    | { databaseUrl: string; temporalAddress: string; smtpUrl: string; chosen: { part: string; from: string }[] }
    | undefined
  >;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export function holdParts(
  compiled: string,
  folder: string,
  needs: string,
  { variables = {}, mode = 'hold' }: { variables?: NodeJS.ProcessEnv | undefined; mode?: 'hold' | 'reach' } = {},
): HoldingProcess {
  const child = spawn(process.execPath, [FIXTURE, compiled, folder, needs, mode], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...variables },
  });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => JSON.parse(text));
  return { process: child, said, ready: Promise.race([line, ended.then(() => undefined)]), ended };
}
