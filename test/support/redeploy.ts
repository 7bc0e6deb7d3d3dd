/** Deploys other playbooks on a database that has some, among the shipped settings, calendars and people. */

import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import type { Database } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';
import { around } from './around.ts';

/** @param files all of the playbooks, with traits and segments where they have some; others are no longer deployed */
export async function redeploy(
  database: Database,
  files: readonly WorkspaceFile[],
  options: { enrolExisting?: boolean } = {},
): Promise<void> {
  const shipped = (await loadFolder('playbooks')).files;
  const { versions, workspace, diagnostics } = compileWorkspace([...around(shipped, files), ...files], registry);
  if (diagnostics.some((d) => d.severity === 'error')) throw new Error(JSON.stringify(diagnostics, null, 1));
  const { settings, people } = workspace;
  const listened = [...buildProgram(versions, settings).names];
  await deploy(database, { versions, surroundings: { settings, people }, listened, ...options });
}
