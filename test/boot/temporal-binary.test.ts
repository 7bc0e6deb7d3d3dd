import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { builtBinary, findTemporal } from '../../cli/boot/temporal/binary.ts';
import { cachedDownload } from '../../cli/boot/temporal/download.ts';
import type { Failure } from '../../cli/failure.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

/** What a real `temporal --version` prints. */
const versioned = (version: string) => `#!/bin/sh\necho 'temporal version ${version} (Server 1.29.1, UI 2.42.1)'\n`;

async function executable(path: string, script: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

async function search(folders: { path?: string; cache?: string }, fetch = false) {
  const said: string[] = [];
  const cacheFolder = folders.cache ?? join(await makeTempFolder(), 'cache');
  const path = folders.path ?? (await makeTempFolder());
  return { said, cacheFolder, found: findTemporal({ cacheFolder, path, fetch, say: (line) => said.push(line) }) };
}

// Nothing of these tests may reach the official address: where it can be reached, it would be downloaded.
beforeEach(() => {
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1');
  for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the Temporal server is looked for in a stated order', () => {
  it('takes the one on PATH before one in the cache', async () => {
    const [path, cache] = [await makeTempFolder(), await makeTempFolder()];
    await executable(join(path, 'temporal'), versioned('1.4.0'));
    await executable(builtBinary(cache), versioned('1.5.1'));
    expect(await (await search({ path, cache })).found).toEqual({
      path: join(path, 'temporal'),
      from: 'PATH',
      version: '1.4.0 (Server 1.29.1, UI 2.42.1)',
    });
  });

  it('takes one in the cache when PATH has none', async () => {
    const cache = await makeTempFolder();
    const binary = await executable(builtBinary(cache), versioned('0.0.0-DEV'));
    const found = await (await search({ cache })).found;
    expect(found).toMatchObject({ path: binary, from: 'cache folder', version: expect.stringMatching(/^1\.5\.1 /) });
  });

  it('takes what was once downloaded', async () => {
    const cache = await makeTempFolder();
    const binary = await executable(cachedDownload(cache), versioned('1.7.0'));
    expect(await (await search({ cache })).found).toMatchObject({ path: binary, from: 'cache folder' });
  });

  it('passes over one that cannot be run', async () => {
    const [path, cache] = [await makeTempFolder(), await makeTempFolder()];
    await executable(join(path, 'temporal'), '#!/bin/sh\nexit 1\n');
    await executable(builtBinary(cache), versioned('1.5.1'));
    expect(await (await search({ path, cache })).found).toMatchObject({ from: 'cache folder' });
  });

  it('fetches nothing when it is only asked to look', async () => {
    const { found, cacheFolder } = await search({});
    expect(await found).toBeUndefined();
    await expect(readdir(cacheFolder)).rejects.toThrow('ENOENT');
  });

  it('names every way, and why it led nowhere, when there is none', { timeout: 60_000 }, async () => {
    const { found } = await search({}, true);
    const failure = (await found.catch((error: unknown) => error)) as Failure;
    expect(failure.code).toBe('TEMPORAL_NOT_FOUND');
    expect(failure.message).toContain('PATH: there is no `temporal` on it');
    expect(failure.message).toContain('cache folder: there is no ');
    expect(failure.message).toMatch(/official download: .*download/);
    expect(failure.message).toContain('built by Go: there is no `go` on PATH that works');
    expect(failure.hint).toContain('TEMPORAL_ADDRESS');
  });
});

describe('the Temporal server is built where it cannot be downloaded', () => {
  /** A `go` that notes its calls, and puts what it "built" where GOBIN says; `work` comes between the two. */
  async function fakeGo(log: string, work: string): Promise<string> {
    const folder = await makeTempFolder();
    const script = `#!/bin/sh
[ "$1" = version ] && exit 0
echo "$@" >> '${log}'
echo go.temporal.io/server >&2
${work}
printf '%b' "${versioned('0.0.0-DEV').replaceAll('\n', '\\n')}" > "$GOBIN/temporal"
/bin/chmod 755 "$GOBIN/temporal"
`;
    await executable(join(folder, 'go'), script);
    return folder;
  }

  it('builds the pinned version once, however many ask at a time', { timeout: 60_000 }, async () => {
    const cache = await makeTempFolder();
    const log = join(await makeTempFolder(), 'log');
    const seen = join(await makeTempFolder(), 'seen');
    // It is at work for as long as nobody has been seen to wait for it.
    const path = await fakeGo(log, `until [ -e '${seen}' ]; do /bin/sleep 0.05; done`);
    const [one, two] = await Promise.all([search({ path, cache }, true), search({ path, cache }, true)]);
    const waiting = () => [...one.said, ...two.said].filter((line) => line.includes('waiting for it'));
    await expect.poll(waiting, { timeout: 30_000 }).toHaveLength(1);
    await writeFile(seen, '');
    const binaries = await Promise.all([one.found, two.found]);
    for (const binary of binaries) expect(binary).toMatchObject({ path: builtBinary(cache), from: 'built by Go' });
    expect((await readFile(log, 'utf8')).trim().split('\n')).toEqual([
      'install -v -ldflags=-s -w github.com/temporalio/cli/cmd/temporal@v1.5.1',
    ]);
    expect(waiting()).toHaveLength(1);
    expect((await readdir(cache)).filter((name) => name.includes('building') || name.endsWith('.lock'))).toEqual([]);
  });

  it('leaves no half of it behind when the build fails, and says why', { timeout: 60_000 }, async () => {
    const log = join(await makeTempFolder(), 'log');
    const { found, cacheFolder } = await search({ path: await fakeGo(log, 'echo "no space left" >&2; exit 3') }, true);
    await expect(found).rejects.toThrow(/ended with 3: .*no space left/);
    expect((await readdir(cacheFolder)).filter((name) => name !== 'temporal-download')).toEqual([]);
  });
});
