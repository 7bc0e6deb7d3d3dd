/**
 * Generates the Prisma client into store/generated. Silent unless it fails.
 *
 * Generating needs no schema engine, yet Prisma insists on finding one and would download it. Any executable file
 * satisfies it, so it is shown Node itself.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js');

const run = spawnSync(process.execPath, [prisma, 'generate', '--no-hints'], {
  cwd: root,
  encoding: 'utf8',
  timeout: 120_000,
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});
if (run.status !== 0) {
  process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error === undefined ? '' : `${run.error}\n`}`);
  process.stderr.write('The Prisma client was not generated from store/prisma/schema.prisma; see above.\n');
  process.exit(1);
}
