/** Writes files that were not there: nothing is ever overwritten. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Failure } from '../../failure.ts';

export interface NewFile {
  /** In the folder, with `/`. */
  path: string;
  text: string;
}

/**
 * All of them, or none where one is there already.
 *
 * @throws Failure FILE_EXISTS
 */
export async function writeNew(folder: string, files: readonly NewFile[]): Promise<void> {
  for (const { path } of files) if (existsSync(join(folder, path))) throw isThere(join(folder, path));
  for (const { path, text } of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? isThere(file) : error;
    });
  }
}

export function isThere(file: string): Failure {
  const hint = 'Choose another name, or take the file away first.';
  return new Failure('FILE_EXISTS', `${relative('.', file)} is there already.`, hint);
}
