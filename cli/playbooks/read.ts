/** Reads what a target means from disk and compiles it, with everything that there is to say about it. */

import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { compareDiagnostics, type Diagnostic, type SourceText } from '../../language/diagnostics/diagnostics.ts';
import { checkLayout } from '../../language/template.ts';
import { Failure } from '../failure.ts';
import { asksAbout, type Target } from './target.ts';

export interface ReadPlaybooks {
  compiled: CompiledWorkspace;
  /** Of the files that the target asks about; layouts of templates included. */
  diagnostics: Diagnostic[];
  sources: Map<string, SourceText>;
  /** The file of each playbook as diagnostics name it, by the playbook's name; those that the target asks about. */
  files: Map<string, string>;
}

const INVALID = 'invalid/';

/**
 * A playbook under `invalid/` is compiled only when it is asked for, and then beside the folder's templates, people and
 * settings instead of its playbooks.
 *
 * @throws Failure NO_PLAYBOOKS when the folder has none.
 */
export async function readPlaybooks(target: Target): Promise<ReadPlaybooks> {
  const loaded = await loadFolder(target.folder, target.shown);
  const asked = loaded.files.filter((file) => asksAbout(target, file.path));
  const invalid = target.only === undefined ? [] : asked.filter((file) => file.path.startsWith(INVALID));
  const files = invalid.length === 0 ? loaded.files : besideThem(target, loaded.files, invalid);
  if (!files.some(isPlaybook)) {
    const where = target.shown === '' ? 'The current folder' : target.shown;
    const hint = 'A playbook is a .yaml file in the folder itself; settings.yaml alone is none.';
    throw new Failure('NO_PLAYBOOKS', `${where} has no playbooks.`, hint);
  }
  const compiled = compileWorkspace(files, registry, target.shown);
  const prefix = target.shown === '' ? '' : `${target.shown}/`;
  // Files of invalid/ were compiled as if they lay in the folder itself: they are named as they really lie.
  const moved = new Map(invalid.map(({ path }) => [prefix + path.slice(INVALID.length), prefix + path]));
  const realName = (file: string) => moved.get(file) ?? file;
  const diagnostics = [...loaded.diagnostics, ...compiled.diagnostics, ...(await layoutFaults(files, prefix, compiled))]
    .map((diagnostic) => ({ ...diagnostic, file: realName(diagnostic.file) }))
    .filter(({ file }) => asksAbout(target, file.slice(prefix.length)))
    .sort(compareDiagnostics);
  const sources = new Map([...compiled.sources].map(([file, source]) => [realName(file), source]));
  const named = compiled.versions.map(({ playbook: { playbook } }) => [
    playbook,
    realName(`${prefix}${playbook}.yaml`),
  ]);
  const askedFor = named.filter(([, file]) => asksAbout(target, file!.slice(prefix.length))) as [string, string][];
  return { compiled, diagnostics, sources, files: new Map(askedFor) };
}

function besideThem(target: Target, all: readonly WorkspaceFile[], invalid: readonly WorkspaceFile[]): WorkspaceFile[] {
  const stays = (file: WorkspaceFile) => !isPlaybook(file) || asksAbout(target, file.path);
  const around = all.filter((file) => !file.path.startsWith(INVALID) && stays(file));
  return [...around, ...invalid.map((file) => ({ ...file, path: file.path.slice(INVALID.length) }))];
}

function isPlaybook({ path }: WorkspaceFile): boolean {
  return !path.includes('/') && /\.ya?ml$/.test(path) && !/^settings\.ya?ml$/.test(path);
}

async function layoutFaults(
  files: readonly WorkspaceFile[],
  prefix: string,
  { workspace }: CompiledWorkspace,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { path, text } of files) {
    const name = /^templates\/(.+)\.mjml$/.exec(path)?.[1]?.split('/').at(-1);
    const template = name === undefined ? undefined : workspace.templates[name];
    if (template?.format === 'mjml') found.push(...(await checkLayout(prefix + path, text, template)));
  }
  return found;
}

/** How many things there are, in words: `1 error`, `3 playbooks`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
