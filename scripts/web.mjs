/**
 * Builds the web app into dist/web/, if what it is made of has changed. Without the packages that build it, which are
 * development dependencies, it says so and leaves what is there.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', 'web', 'made-of.txt');
const PACKAGES = ['vite', '@vitejs/plugin-react', 'react', '@tanstack/react-router'];

/** @returns true when dist/web/ is what web/ says */
export async function buildWeb() {
  const missing = PACKAGES.filter((name) => !existsSync(join(root, 'node_modules', name, 'package.json')));
  if (missing.length > 0) {
    process.stderr.write(`The web app was not built: ${missing.join(', ')} is not installed. Run npm ci.\n`);
    return false;
  }
  const madeOf = await hashOfInputs();
  const before = await readFile(stamp, 'utf8').catch(() => '');
  if (before === madeOf) return true;
  const { build } = await import('vite');
  await build({ configFile: join(root, 'web', 'vite.config.mjs'), logLevel: 'warn' });
  await writeFile(stamp, madeOf);
  return true;
}

async function hashOfInputs() {
  const hash = createHash('sha256');
  const entries = await readdir(join(root, 'web'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...files.sort(), join(root, 'package-lock.json')]) {
    hash.update(`${file.slice(root.length)}\n`).update(await readFile(file));
  }
  return hash.digest('hex');
}
