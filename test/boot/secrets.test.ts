/** Secrets of a data folder. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOrMakeSecrets, secretsInUse } from '../../cli/boot/secrets.ts';
import { readEnvironment } from '../../cli/environment.ts';
import { makeTempFolder } from '../support/temp-folder.ts';

it('a folder from before there were keys for clients gets one, and keeps what it has', async () => {
  const file = join(await makeTempFolder(), 'secrets.json');
  const { clientKey: _, ...before } = await readOrMakeSecrets(file);
  await writeFile(file, JSON.stringify(before));
  const after = await readOrMakeSecrets(file);
  expect(after).toEqual({ ...before, clientKey: expect.stringMatching(/^[\w-]{43}$/) });
  expect(await readOrMakeSecrets(file)).toEqual(after);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const environment = readEnvironment({ variables: {}, folder: import.meta.dirname });
  expect(secretsInUse(environment, after).writeKeys).toEqual([
    { source: 'default', key: before.writeKey, scope: 'server' },
    { source: 'default', key: after.clientKey, scope: 'client' },
  ]);
});

it('a file that lacks anything else is refused, and left as it is', async () => {
  const file = join(await makeTempFolder(), 'secrets.json');
  await writeFile(file, '{"secret":"short"}');
  await expect(readOrMakeSecrets(file)).rejects.toThrow('cannot be read');
  expect(await readFile(file, 'utf8')).toBe('{"secret":"short"}');
});
