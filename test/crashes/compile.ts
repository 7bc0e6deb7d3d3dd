/** Compiles drawn playbooks among the shipped people and calendars, with the activity that they call. */
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { around } from '../support/around.ts';
import { levelOf } from './level-of.ts';

export async function compiledWorld(files: readonly WorkspaceFile[]): Promise<CompiledWorkspace> {
  const shipped = around((await loadFolder('playbooks')).files, files).filter((f) =>
    /^(people|calendars)\//.test(f.path),
  );
  const compiled = compileWorkspace([...shipped, ...files], { ...registry, activities: [levelOf(() => ({ level: 7 }))] });
  const errors = compiled.diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 1));
  return compiled;
}
