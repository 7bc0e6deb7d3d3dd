import { readdirSync } from 'node:fs';

/**
 * Loads every module of a folder and takes one export of each, in the order of the file names: adding a file is all that
 * adding a condition, a step or an aggregate takes. Modules without that export are helpers and passed over.
 */
export async function discover<T>(folder: URL, exported: string): Promise<T[]> {
  const found: T[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!/\.(ts|js)$/.test(file) || file.endsWith('.d.ts')) continue;
    const module = (await import(/* @vite-ignore */ new URL(file, folder).href)) as { [name: string]: T | undefined };
    const value = module[exported];
    if (value !== undefined) found.push(value);
  }
  return found;
}
