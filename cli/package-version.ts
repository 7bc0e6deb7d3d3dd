import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in our package.json. */
export async function packageVersion(): Promise<string> {
  return (await ownPackage()).version;
}

/** The folder of our package.json, which lies above this file, compiled or not: what ships with it lies there. */
export async function packageFolder(): Promise<string> {
  return (await ownPackage()).folder;
}

/** Which packages of ours may run scripts when they are installed: npm asks the repository at the top. */
export async function packageScripts(): Promise<{ [name: string]: boolean }> {
  return (await ownPackage()).allowScripts;
}

interface OwnPackage {
  folder: string;
  version: string;
  allowScripts: { [name: string]: boolean };
}

async function ownPackage(): Promise<OwnPackage> {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (text !== undefined) return { ...(JSON.parse(text) as Omit<OwnPackage, 'folder'>), folder };
  }
  throw new Error('There is no package.json above the command line’s files: the installation is not whole.');
}
