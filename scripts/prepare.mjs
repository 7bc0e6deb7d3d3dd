/** What `npm ci` ends with: the Prisma client, then dist/. A dist/ that was brought along is enough without a compiler. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

if (!existsSync(path('../node_modules/typescript')) && existsSync(path('../dist/cli/main.js'))) process.exit(0);
if (!existsSync(path('../node_modules/typescript'))) {
  process.stderr.write(
    'There is no dist/ and no compiler to make it: run `npm ci` with its development dependencies.\n',
  );
  process.exit(1);
}
for (const script of ['./generate.mjs', './build.mjs']) {
  const run = spawnSync(process.execPath, [path(script)], { stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
