/** `cuebook init`: a repository of its own, in which Cuebook is a package, and an image where it runs. */
import { basename, join, relative, resolve } from 'node:path';
import { shippedActivities } from '../../../activities/calls/load.ts';
import { registry } from '../../../evaluation/registry.ts';
import { SCHEMA_KINDS, schemaFileOf } from '../../../language/compile/files/file-kinds.ts';
import { fileJsonSchema } from '../../../language/compile/files/json-schema.ts';
import { namesIn } from '../../../language/compile/files/schema-names.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import { print } from '../../output.ts';
import { packageScripts, packageVersion } from '../../package-version.ts';
import { companyFiles } from './company-files.ts';
import { shippedFiles } from './shipped.ts';
import { type NewFile, writeNew } from './write-files.ts';

/** @throws Failure FILE_EXISTS where one of its files is there already; nothing is written then */
export async function init(folder: string): Promise<void> {
  const shipped = await shippedFiles();
  const playbooks = shipped.map(({ path, text }) => ({ path: `playbooks/${path}`, text }));
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  const own = companyFiles({
    name: name === 'cuebook' || name === '' ? 'our-playbooks' : name,
    version: await packageVersion(),
    allowScripts: await packageScripts(),
  });
  await writeNew(folder, [...own, ...playbooks, ...(await schemaFiles(shipped))]);
  const shown = relative('.', folder) || '.';
  print(`Made ${shown}: its README.md says what lies where.`);
  print(
    `Go on:\n  cd ${shown}\n  git init && npm install\n  npx cuebook lint && npx cuebook test\n  npx cuebook start`,
  );
}

/** With the names of the playbooks that lie beside them. */
async function schemaFiles(shipped: Awaited<ReturnType<typeof shippedFiles>>): Promise<NewFile[]> {
  const spoken = { ...registry, activities: [...(await shippedActivities()).values()] };
  const names = namesIn(compileWorkspace(shipped, spoken).workspace);
  return SCHEMA_KINDS.map((kind) => ({
    path: join('.vscode/schemas', schemaFileOf(kind)),
    text: `${JSON.stringify(fileJsonSchema(kind, spoken, names), null, 2)}\n`,
  }));
}
