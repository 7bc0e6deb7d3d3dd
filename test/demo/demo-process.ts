/** The demo as people run it: a process of its own, compiled. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type CompiledCli, compileCli } from '../support/compiled-cli.ts';

export interface DemoProcess {
  process: ChildProcess;
  /** Lines of standard output so far. */
  printed: string[];
  said: string[];
  ended: Promise<number | null>;
}

/** The command line with its workflow bundle. */
export async function compileWhole(): Promise<CompiledCli> {
  const compiled = await compileCli();
  const { buildBundle } = (await import(pathToFileURL(join(compiled.folder, 'worker/bundle.js')).href)) as {
    buildBundle(): Promise<string>;
  };
  await buildBundle();
  return compiled;
}

export function startDemo(compiled: CompiledCli, ...args: string[]): DemoProcess {
  const child = spawn(process.execPath, [join(compiled.folder, 'cli/main.js'), 'demo', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'warn' },
  });
  const printed: string[] = [];
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => printed.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  return { process: child, printed, said, ended: once(child, 'close').then(([code]) => code as number | null) };
}
