/**
 * Makes a migration: `DATABASE_URL=postgresql://… node scripts/migration.mjs NAME` writes
 * store/prisma/migrations/<now>_NAME/migration.sql with what the schema has and the migrations do not. With `--print`
 * it writes nothing. The database is only asked to make, and drop, a scratch one next to it.
 *
 * What Prisma cannot express (functions, partial indexes, storage) is added to the file by hand before it is committed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const [name, ...flags] = process.argv.slice(2);
const url = process.env.DATABASE_URL;
if (name === undefined || !/^[a-z0-9_]+$/.test(name) || url === undefined) {
  console.error('Use: DATABASE_URL=postgresql://… node scripts/migration.mjs NAME [--print], NAME of a-z, 0-9 and _');
  process.exit(2);
}

const root = fileURLToPath(new URL('../', import.meta.url));
const { module: engine } = await runnerImport(join(root, 'test', 'support', 'schema-engine.ts'));
const script = await engine.missingMigration(url);

if (flags.includes('--print')) {
  console.log(script);
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const target = join(root, 'store', 'prisma', 'migrations', `${stamp}_${name}`);
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'migration.sql'), script);
  console.log(join(target, 'migration.sql'));
}
process.exit(0);
