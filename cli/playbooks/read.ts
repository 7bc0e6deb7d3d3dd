/** Reads what a target means from disk and compiles it, with everything that there is to say about it. */

import { registry } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { compareDiagnostics, type Diagnostic, type SourceText } from '../../language/diagnostics/diagnostics.ts';
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
 * A playbook under `invalid/` is compiled only when it is asked for, and then with the folder's templates, people and
 * settings instead of its playbooks.
 *
 * @throws Failure NO_PLAYBOOKS when the folder has none.
 */
export async function readPlaybooks(target: Target): Promise<ReadPlaybooks> {
  const withInvalid = target.only?.some((path) => path.startsWith(INVALID)) ?? false;
  const loaded = await loadFolder(target.folder, target.shown, { withInvalid });
  const asked = loaded.files.filter((file) => asksAbout(target, file.path));
  const invalid = asked.filter((file) => file.path.startsWith(INVALID));
  if (invalid.length === 0 && !loaded.files.some(isPlaybook)) {
    const where = target.shown === '' ? 'The current folder' : target.shown;
    const hint = 'A playbook is a .yaml file in the folder itself; settings.yaml alone is none.';
    throw new Failure('NO_PLAYBOOKS', `${where} has no playbooks.`, hint);
  }
  const files = besideThem(loaded.files, asked, invalid);
  let compiled = compileWorkspace(files, registry, target.shown);
  // Whether a key is one that no event has depends on what the other playbooks mention.
  if (invalid.length === 0 && compiled.diagnostics.some(({ code }) => code === 'CB608')) {
    compiled = compileWorkspace(loaded.files, registry, target.shown);
  }
  const prefix = prefixOf(target);
  // Files of invalid/ were compiled as if they lay in the folder itself: they are named as they really lie.
  const moved = new Map(invalid.map(({ path }) => [prefix + path.slice(INVALID.length), prefix + path]));
  const realName = (file: string) => moved.get(file) ?? file;
  const diagnostics = [...loaded.diagnostics, ...compiled.diagnostics, ...(await layoutFaults(files, target, compiled))]
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

function prefixOf({ shown }: Target): string {
  return shown === '' ? '' : `${shown}/`;
}

/** What is asked about, with everything of the folder that is not a playbook. */
function besideThem(
  all: readonly WorkspaceFile[],
  asked: readonly WorkspaceFile[],
  invalid: readonly WorkspaceFile[],
): WorkspaceFile[] {
  const names = new Set(asked.map(nameOf));
  const around = all.filter((file) => !file.path.startsWith(INVALID) && (!isPlaybook(file) || names.has(nameOf(file))));
  return [...around, ...invalid.map((file) => ({ ...file, path: file.path.slice(INVALID.length) }))];
}

function nameOf({ path }: WorkspaceFile): string {
  return path.replace(/\.\w+$/, '');
}

function isPlaybook({ path }: WorkspaceFile): boolean {
  return !path.includes('/') && /\.ya?ml$/.test(path) && !/^settings\.ya?ml$/.test(path);
}

/** What MJML refuses in the templates that the target asks about. MJML is large: it is loaded for those alone. */
async function layoutFaults(
  files: readonly WorkspaceFile[],
  target: Target,
  { workspace }: CompiledWorkspace,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { path, text } of files.filter((file) => asksAbout(target, file.path))) {
    const name = /^templates\/(.+)\.mjml$/.exec(path)?.[1]?.split('/').at(-1);
    const template = name === undefined ? undefined : workspace.templates[name];
    if (template?.format !== 'mjml') continue;
    const { checkLayout } = await import('../../language/template/layout.ts');
    found.push(...(await checkLayout(prefixOf(target) + path, text, template)));
  }
  return found;
}
