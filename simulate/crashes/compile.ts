/** Drawn playbooks, compiled among the shipped people and calendars, with the activity that they call. */
import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace } from '../../language/compile.ts';
import { ACTIVITY, drawPlaybooks } from './playbooks.ts';

/** @throws Error where a drawn playbook is none: drawing has to be mended then */
export async function drawnWorkspace(seed: number): Promise<CompiledWorkspace> {
  const drawn = drawPlaybooks(seed);
  const { files } = await loadFolder('playbooks');
  const around = files.filter(
    ({ path }) => /^(people|calendars)\//.test(path) && !drawn.some((file) => file.path === path),
  );
  const compiled = compileWorkspace([...around, ...drawn], { ...registry, activities: [ACTIVITY] });
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 1));
  return compiled;
}
