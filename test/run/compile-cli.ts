import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { identify } from '../../cli/boot/process-identity.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
/** Inside the checkout, so that packages are found. */
const PARENT = join(ROOT, 'node_modules', '.cache');
const PREFIX = 'cuebook-cli-';

/** Conditions, steps and aggregates are found by listing their folders at run time: nothing imports them by name. */
const FOLDERS = ['cli', 'triggers', 'steps', 'workflows', 'simulate', 'bench'];

/** Bundles in a process of its own: what bundles is no part of the test run. */
const BUNDLE = 'const { buildBundle } = await import(process.argv[1]); await buildBundle();';

const run = promisify(execFile);

/**
 * Compiles the product, and the bundle of its workflows, into a new folder, which whoever asks removes: dist/ may be in
 * other hands.
 */
export async function compileCli(): Promise<string> {
  await mkdir(PARENT, { recursive: true });
  await removeLeftovers();
  const folder = await mkdtemp(join(PARENT, `${PREFIX}${process.pid}-`));
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = {
    rootDir: ROOT,
    outDir: folder,
    sourceMap: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    // Types are checked elsewhere.
    noCheck: true,
  };
  const include = FOLDERS.map((name) => join(ROOT, name));
  await writeFile(config, JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include }));
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config]);
  const bundler = pathToFileURL(join(folder, 'worker/bundle.js')).href;
  await run(process.execPath, ['--input-type=module', '--eval', BUNDLE, bundler]);
  return folder;
}

/** Folders of runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(PARENT)) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && (await identify(pid)) === undefined) {
      await rm(join(PARENT, name), { recursive: true, force: true });
    }
  }
}
