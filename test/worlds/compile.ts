/** Compiles drawn playbooks among the shipped people and calendars. */
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { around } from '../support/around.ts';

export async function compiledWorld(
  files: readonly WorkspaceFile[],
): Promise<CompiledWorkspace & { files: WorkspaceFile[] }> {
  const shipped = around((await loadFolder('playbooks')).files, files).filter((f) =>
    /^(people|calendars)\//.test(f.path),
  );
  const all = [...shipped, ...files];
  const compiled = compileWorkspace(all, registry);
  const errors = compiled.diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 1));
  return { ...compiled, files: all };
}
