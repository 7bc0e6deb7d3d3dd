import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder that goes when the test is over. Every user may walk through it, as servers of other users must. */
export async function makeTempFolder(): Promise<string> {
  const folder = await keptTempFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The same for a whole file of tests, which removes it itself. */
export async function keptTempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-'));
  await chmod(folder, 0o755);
  return folder;
}
