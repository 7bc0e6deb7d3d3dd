/** Puts playbooks into a database, as `cuebook start` does. */

import { registry } from '../../evaluation/registry.ts';
import { deploy } from '../../evaluator/deploy.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { formatDiagnostic } from '../../language/diagnostics/diagnostics.ts';
import type { Database } from '../../store/postgres/database.ts';
import { buildProgram } from '../../triggers/index/program.ts';

/** @throws Error with the faults of the files. */
export async function deployFiles(database: Database, files: readonly WorkspaceFile[]): Promise<void> {
  const { versions, workspace, diagnostics, sources } = compileWorkspace(files, registry);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((it) => formatDiagnostic(it, sources.get(it.file))).join('\n'));
  const { settings, people } = workspace;
  const { names } = buildProgram(versions, settings);
  await deploy(database, { versions, surroundings: { settings, people }, listened: [...names] });
}
