/** `cuebook new activity`: what it writes lints and passes its tests, in a company's own folder. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { cuebook } from '../cli/run-command.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

afterEach(() => vi.unstubAllEnvs());

async function company(): Promise<string> {
  const folder = await makeTempFolder();
  await mkdir(join(folder, 'playbooks'));
  await writeFile(join(folder, 'playbooks', 'settings.yaml'), 'time_zone: Europe/Berlin\n');
  vi.stubEnv('CUEBOOK_PLAYBOOKS', join(folder, 'playbooks'));
  return folder;
}

it('what it writes has no fault, and its tests pass', async () => {
  const folder = await company();
  expect((await cuebook('new', 'activity', 'look-up-company')).code).toBe(0);
  const playbooks = join(folder, 'playbooks');
  expect(await cuebook('lint', playbooks)).toMatchObject({ code: 0, stdout: expect.stringContaining('0 warnings') });
  expect(await cuebook('test', playbooks)).toMatchObject({ code: 0, stdout: expect.stringContaining('2 passed') });
  const schema = await cuebook('schema');
  expect(schema.stdout).toContain('do look-up-company');
});

it('overwrites nothing, and takes names alone', async () => {
  const folder = await company();
  const file = join(folder, 'activities', 'mine.ts');
  await mkdir(join(folder, 'activities'));
  await writeFile(file, 'mine');
  const again = await cuebook('new', 'activity', 'mine');
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
  expect(await readFile(file, 'utf8')).toBe('mine');
  await writeFile(join(folder, 'playbooks', 'try-yours.yaml'), 'mine');
  expect((await cuebook('new', 'activity', 'yours')).code).toBe(2);
  expect(existsSync(join(folder, 'activities', 'yours.ts'))).toBe(false);
  expect(await cuebook('new', 'activity', '../mine')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('cannot be the name'),
  });
});
