/** The workflow code as one file, as Temporal's sandbox runs it. Built once per state of its sources, then reused. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type Logger as SdkLogger } from '@temporalio/worker';

/** `.js` in what is built, `.ts` where tests run the sources. */
const EXTENSION = extname(fileURLToPath(import.meta.url));
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const WORKFLOWS = join(ROOT, 'workflows');
const ENTRY = join(WORKFLOWS, `cohort${EXTENSION}`);
/** Every file and folder that the bundle takes code from. */
const FILES = [ENTRY, join(ROOT, 'language', 'time', `backoff${EXTENSION}`)];
const FOLDERS = [join(WORKFLOWS, 'cohort'), join(WORKFLOWS, 'journey')];
const BUILT = join(WORKFLOWS, 'bundle.js');

/** The bundler logs much while all is well; its errors are thrown as well. */
const silent: SdkLogger = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/**
 * The path of the bundle to run: the one that the build has made; where the sources run as they are, one of the cache
 * under node_modules.
 */
export async function workflowBundle(): Promise<string> {
  if (EXTENSION === '.js') return BUILT;
  const cache = fileURLToPath(new URL('../node_modules/.cache/cuebook/', import.meta.url));
  const path = await bundleTo(join(cache, `workflows-${await hashOfSources()}.js`));
  await prune(cache);
  return path;
}

/** Bundles of other states of the sources that stay in the cache: another run may be about to read one. */
const MAX_CACHED = 5;

async function prune(cache: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => name.startsWith('workflows-'));
  if (names.length <= MAX_CACHED) return;
  const aged = await Promise.all(
    names.map(async (name) => {
      const path = join(cache, name);
      // Gone meanwhile: as good as the oldest.
      const madeMs = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      return { path, madeMs };
    }),
  );
  const old = aged.sort((a, b) => b.madeMs - a.madeMs).slice(MAX_CACHED);
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
}

/** For the build: writes `dist/workflows/bundle.js` if its sources have changed. */
export function buildBundle(): Promise<string> {
  return bundleTo(BUILT);
}

/** @throws what the bundler throws: a workflow that imports what it must not does not bundle. */
async function bundleTo(path: string): Promise<string> {
  const mark = `// Made of sources ${await hashOfSources()}\n`;
  if ((await readIfThere(path))?.startsWith(mark)) return path;
  const { code } = await bundleWorkflowCode({ workflowsPath: ENTRY, logger: silent });
  await mkdir(dirname(path), { recursive: true });
  // Renamed into place: another process sees the whole file or none.
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mark + code);
  await rename(draft, path);
  return path;
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/workflow/package.json') as { version: string };
  hash.update(sdk.version);
  for (const path of [...FILES, ...(await Promise.all(FOLDERS.map(sourcesIn))).flat()]) {
    const text = await readFile(path);
    hash.update(`\n${path.slice(ROOT.length)} ${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 32);
}

async function sourcesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(EXTENSION)).sort();
  return names.map((name) => join(folder, name));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
