/**
 * Writes docs/reference/ from what the code itself says; with `--check` it writes nothing and fails when a page is stale.
 * Reads dist/: build first.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../docs/reference', import.meta.url));
const check = process.argv.includes('--check');
const { pages } = await import('./reference/pages.mjs');

const wanted = await pages();
await mkdir(folder, { recursive: true });
const stale = [];
for (const [name, text] of Object.entries(wanted)) {
  const path = join(folder, name);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) continue;
  stale.push(name);
  if (!check) await writeFile(path, text);
}
for (const name of await readdir(folder)) {
  if (name in wanted) continue;
  stale.push(`${name} (no longer made)`);
  if (!check) await rm(join(folder, name));
}
if (stale.length === 0) process.exit(0);
const list = stale.join(', ');
if (check) {
  process.stderr.write(`docs/reference is stale: ${list}. Run \`npm run build && node scripts/reference.mjs\`.\n`);
  process.exit(1);
}
process.stdout.write(`Written in docs/reference: ${list}.\n`);
