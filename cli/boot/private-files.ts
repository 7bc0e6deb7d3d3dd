/** Files that only their owner reads. */
import { chmod, mkdir } from 'node:fs/promises';

/** Makes a folder, and takes away the rights that others have to one that is there. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** For files that another program has made. What is not there is left out. */
export async function makePrivateFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await chmod(path, 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}
