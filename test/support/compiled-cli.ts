import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Conditions, steps and aggregates are found by listing their folders at run time: nothing imports them by name. */
const FOLDERS = ['cli', 'triggers', 'steps', 'workflows', 'simulate', 'bench'];

export interface CompiledCli {
  /** Holds `cli/main.js` and what it imports. It lies inside the checkout, so that packages are found. */
  folder: string;
  remove(): Promise<void>;
}

/** Compiles the command line, for tests that need it as a process of its own: to be killed, or told to stop. */
export async function compileCli(): Promise<CompiledCli> {
  const parent = join(ROOT, 'node_modules', '.cache');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'cuebook-cli-'));
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    rootDir: ROOT,
    outDir: folder,
    sourceMap: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  };
  await writeFile(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions,
      include: FOLDERS.map((name) => join(ROOT, name)),
    }),
  );
  // Types are checked elsewhere: what can be emitted is emitted.
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config]).catch(
    (error: { code?: unknown; stdout?: string }) => {
      if (typeof error.code !== 'number') throw error;
    },
  );
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
