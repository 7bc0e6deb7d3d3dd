import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { messageOf } from '../../failure.ts';
import { fetchingEnvironment, run } from '../programs.ts';

const DOWNLOAD_TIMEOUT_MS = 300_000;
const REASON_CHARACTERS = 300;
const EXE = process.platform === 'win32' ? '.exe' : '';

/** The result of one way to get the binary. */
export type Fetched = { path: string } | { reason: string };

/**
 * The SDK can download the official binary for itself, verified by its own means, but only in order to start a server
 * with it. So one is started in memory, stopped again, and the file that stays in our cache is used from then on. This
 * happens in a process of its own, because the SDK's runtime listens for Ctrl-C.
 */
const SCRIPT = `
  const { TestWorkflowEnvironment } = require(process.argv[1]);
  const executable = { type: 'cached-download', downloadDir: process.argv[2], ttl: '3650 days' };
  TestWorkflowEnvironment.createLocal({ server: { executable } }).then(
    (environment) => environment.teardown(),
    (error) => {
      const reasons = [];
      for (let cause = error; cause && reasons.length < 5; cause = cause.cause) reasons.push(cause.message);
      process.stderr.write(reasons.join(': '));
      process.exit(1);
    },
  );
`;

/** Where the SDK of this installation leaves what it downloads. */
export function cachedDownload(cacheFolder: string): string {
  return join(downloadFolder(cacheFolder), `temporal-sdk-typescript-${sdkVersion() ?? 'none'}${EXE}`);
}

function downloadFolder(cacheFolder: string): string {
  return join(cacheFolder, 'temporal-download');
}

/** Lets the SDK download the official binary into the cache folder. */
export async function downloadTemporal(cacheFolder: string, say: (line: string) => void): Promise<Fetched> {
  const testing = resolveTesting();
  if (testing === undefined) return { reason: 'the npm package @temporalio/testing is not installed' };
  say('Getting the Temporal server: the official download, about 50 MB, once.');
  await mkdir(downloadFolder(cacheFolder), { recursive: true });
  try {
    const args = ['-e', SCRIPT, testing, downloadFolder(cacheFolder)];
    await run(process.execPath, args, { timeout: DOWNLOAD_TIMEOUT_MS, env: fetchingEnvironment() });
    return { path: cachedDownload(cacheFolder) };
  } catch (error) {
    const { stderr, killed } = error as { stderr?: string; killed?: boolean };
    if (killed === true) return { reason: `it did not end within ${DOWNLOAD_TIMEOUT_MS / 60_000} minutes` };
    return { reason: (stderr?.trim() || messageOf(error)).replace(/\s+/g, ' ').slice(0, REASON_CHARACTERS) };
  }
}

function resolveTesting(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@temporalio/testing');
  } catch {
    return undefined;
  }
}

function sdkVersion(): string | undefined {
  try {
    const { version } = createRequire(import.meta.url)('@temporalio/testing/package.json') as { version: string };
    return version;
  } catch {
    return undefined;
  }
}
