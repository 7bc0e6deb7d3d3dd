import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Failure } from '../../failure.ts';
import { run } from '../programs.ts';
import { buildTemporal, TEMPORAL_CLI_VERSION } from './build.ts';
import { cachedDownload, downloadTemporal } from './download.ts';

const VERSION_TIMEOUT_MS = 30_000;
const EXE = process.platform === 'win32' ? '.exe' : '';

export interface TemporalBinary {
  path: string;
  /** Where it came from, in words. */
  from: string;
  /** As it says itself: `1.5.1 (Server 1.29.1, UI 2.42.1)`. */
  version: string;
}

export interface TemporalSearch {
  /** Where things that every data folder shares are kept. */
  cacheFolder: string;
  /** Default: of the environment. */
  path?: string;
  /** One line of news, for people. */
  say: (line: string) => void;
  /** False only looks: nothing is downloaded or built. */
  fetch: boolean;
}

/** Where a binary built by `go install` lies. */
export function builtBinary(cacheFolder: string): string {
  return join(cacheFolder, `temporal-cli-${TEMPORAL_CLI_VERSION}`, `temporal${EXE}`);
}

/**
 * The Temporal CLI, which holds the server: from PATH, else from the cache folder, else the SDK's official download,
 * else built from its source by Go. Undefined when nothing is found and `fetch` is false.
 *
 * @throws Failure that names every way that was tried and why it did not lead anywhere.
 */
export async function findTemporal(search: TemporalSearch & { fetch: true }): Promise<TemporalBinary>;
export async function findTemporal(search: TemporalSearch): Promise<TemporalBinary | undefined>;
export async function findTemporal(search: TemporalSearch): Promise<TemporalBinary | undefined> {
  const tried: string[] = [];
  for (const folder of (search.path ?? process.env.PATH ?? '').split(delimiter)) {
    const found = folder === '' ? undefined : await probe(join(folder, `temporal${EXE}`), 'PATH', tried);
    if (found !== undefined) return found;
  }
  if (tried.length === 0) tried.push('PATH: there is no `temporal` on it');
  for (const path of [builtBinary(search.cacheFolder), cachedDownload(search.cacheFolder)]) {
    const found = await probe(path, 'cache folder', tried, `cache folder: there is no ${path}`);
    if (found !== undefined) return found;
  }
  if (!search.fetch) return undefined;
  const ways = [
    { from: 'official download', fetch: () => downloadTemporal(search.cacheFolder, search.say) },
    { from: 'built by Go', fetch: () => buildTemporal(search.cacheFolder, builtBinary(search.cacheFolder), search) },
  ];
  for (const way of ways) {
    const fetched = await way.fetch();
    if ('reason' in fetched) {
      tried.push(`${way.from}: ${fetched.reason}`);
      search.say(`The Temporal server is not to be had this way: ${way.from}: ${fetched.reason}`);
      continue;
    }
    const found = await probe(fetched.path, way.from, tried, `${way.from}: left no ${fetched.path}`);
    if (found !== undefined) return found;
  }
  throw new Failure(
    'TEMPORAL_NOT_FOUND',
    `There is no Temporal server, and none could be had:\n${tried.map((line) => `  - ${line}`).join('\n')}`,
    'Set TEMPORAL_ADDRESS to a server of yours, or install the Temporal CLI (https://docs.temporal.io/cli) ' +
      `so that \`temporal\` is on PATH, or put it at ${builtBinary(search.cacheFolder)}, or install Go 1.24 or later.`,
  );
}

async function probe(
  path: string,
  from: string,
  tried: string[],
  missing?: string,
): Promise<TemporalBinary | undefined> {
  try {
    await access(path, constants.X_OK);
  } catch {
    if (missing !== undefined) tried.push(missing);
    return undefined;
  }
  try {
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    const version = /^temporal version (.+)$/m.exec(stdout)?.[1];
    if (version !== undefined) return { path, from, version: named(version) };
    tried.push(`${from}: ${path} answers --version with ${JSON.stringify(stdout.slice(0, 80))}`);
  } catch (error) {
    tried.push(`${from}: ${path} cannot be run: ${(error as Error).message.split('\n')[0]}`);
  }
  return undefined;
}

/** What `go install` builds does not know its own version, which the release scripts put in. */
function named(version: string): string {
  return version.replace(/^0\.0\.0-DEV/, TEMPORAL_CLI_VERSION);
}
