import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDataDir } from '../../cli/boot/data-dir.ts';
import { tryLock } from '../../cli/boot/lock-file.ts';
import { identify } from '../../cli/boot/process-identity.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

async function deadHolder(path: string, began = 'long ago', pid = process.pid): Promise<void> {
  await writeFile(path, JSON.stringify({ pid, began, since: '2026-03-02T10:00:00.000Z', command: 'cuebook start' }));
}

describe('a lock has one holder', () => {
  it('goes to one of many who come at once', async () => {
    const path = join(await makeTempFolder(), 'lock');
    const attempts = await Promise.all(Array.from({ length: 20 }, () => tryLock(path)));
    expect(attempts.filter((attempt) => attempt.taken)).toHaveLength(1);
  });

  it('goes to one of many who find that its holder is dead', async () => {
    // Where two find it dead at nearly the same time the race is lost only now and then: many rounds, each staggered.
    for (let round = 0; round < 40; round += 1) {
      const folder = await makeTempFolder();
      const path = join(folder, 'lock');
      await deadHolder(path);
      const attempt = (i: number) => sleep((i * round) / 20).then(() => tryLock(path));
      const attempts = await Promise.all(Array.from({ length: 20 }, (_, i) => attempt(i)));
      expect(attempts.filter(({ taken }) => taken)).toHaveLength(1);
      expect(await readdir(folder)).toEqual(['lock']);
    }
  });

  it('is not kept by a stranger who was given the number of a dead holder', async () => {
    const path = join(await makeTempFolder(), 'lock');
    const stranger = spawn('/bin/sleep', ['30']);
    await once(stranger, 'spawn');
    await deadHolder(path, 'long ago', stranger.pid!);
    expect((await tryLock(path)).taken).toBe(true);
    stranger.kill();
  });

  it('is kept by a holder who lives', async () => {
    const path = join(await makeTempFolder(), 'lock');
    const living = spawn('/bin/sleep', ['30']);
    await once(living, 'spawn');
    const { began } = (await identify(living.pid!))!;
    await deadHolder(path, began, living.pid!);
    expect(await tryLock(path)).toMatchObject({ taken: false, holder: { pid: living.pid, command: 'cuebook start' } });
    living.kill();
  });

  it('can be taken again when it was let go, and when its file was cut short', async () => {
    const path = join(await makeTempFolder(), 'lock');
    const first = await tryLock(path);
    if (first.taken) await first.release();
    expect((await tryLock(path)).taken).toBe(true);
    await writeFile(path, '{"pid":');
    expect((await tryLock(path)).taken).toBe(true);
  });
});

describe('a data folder keeps its secrets', () => {
  it('gives the same ones at every start', async () => {
    const folder = join(await makeTempFolder(), 'data');
    const first = await openDataDir(folder);
    await first.close();
    const second = await openDataDir(folder);
    expect(second.secrets).toEqual(first.secrets);
    expect(new Set(Object.values(first.secrets)).size).toBe(6);
    await second.close();
  });

  it('does not replace what it cannot read', async () => {
    const folder = join(await makeTempFolder(), 'data');
    const first = await openDataDir(folder);
    await first.close();
    await writeFile(first.secretsFile, '{}');
    await expect(openDataDir(folder)).rejects.toThrow("cannot be read as Cuebook's secrets");
  });
});
