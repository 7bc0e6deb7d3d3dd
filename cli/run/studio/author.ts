/** What whoever writes begins with: the words of the language with the folder's names, and a playbook that ships. */
import { resolve } from 'node:path';
import { fileJsonSchema } from '../../../language/compile/files/json-schema.ts';
import { loadFolder } from '../../../language/compile/files/load-folder.ts';
import { namesIn } from '../../../language/compile/files/schema-names.ts';
import { compileWorkspace } from '../../../language/compile.ts';
import { readDeployedDrafts } from '../../../store/deployments/drafts.ts';
import { registryBeside } from '../../playbooks/activities.ts';
import { adopt } from '../../playbooks/begin/adopt.ts';
import { shippedFiles } from '../../playbooks/begin/shipped.ts';
import { withDrafts } from '../../playbooks/with-drafts.ts';
import type { Working } from './job.ts';

async function inFolder({ folder, database }: Working) {
  const { files } = await loadFolder(resolve(folder));
  return withDrafts(files, await readDeployedDrafts(database.pool)).files;
}

/** The schema of playbooks with the names of the folder, as editors have it. */
export async function schema(working: Working) {
  const registry = await registryBeside(working.folder);
  const { workspace } = compileWorkspace(await inFolder(working), registry);
  return { schema: fileJsonSchema('playbooks', registry, namesIn(workspace)) };
}

export async function adopted(working: Working, { name, from }: { name: string; from: string }) {
  const spoken = await registryBeside(working.folder);
  const present = await inFolder(working).catch(() => []);
  const { files, errors, failing } = adopt({ from, name, shipped: await shippedFiles(), present, spoken });
  return { files, errors, failing };
}
