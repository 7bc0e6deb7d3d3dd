/**
 * Builds what runs: `tsc` into dist/, then the workflow bundle and the web app, each if what it is made of has changed.
 * Prints nothing unless something is wrong.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildWeb } from './web.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const require = createRequire(import.meta.url);

const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// Folders are read at run time to find what is there: a source that is gone must not live on in dist/.
const { include } = JSON.parse(await readFile(join(root, 'tsconfig.build.json'), 'utf8'));
for (const folder of include) {
  if (!existsSync(join(dist, folder))) continue;
  for (const entry of await readdir(join(dist, folder), { recursive: true, withFileTypes: true })) {
    const map = join(entry.parentPath, entry.name);
    if (!map.endsWith('.js.map')) continue;
    const stem = join(root, relative(dist, map.slice(0, -'.js.map'.length)));
    if (existsSync(`${stem}.ts`) || existsSync(`${stem}.tsx`)) continue;
    await Promise.all([rm(map), rm(map.slice(0, -'.map'.length), { force: true })]);
  }
}

const main = join(dist, 'cli', 'main.js');
if (existsSync(main)) await chmod(main, 0o755);

const { buildBundle } = await import(pathToFileURL(join(dist, 'worker', 'bundle.js')).href);
await buildBundle();
await buildWeb();
