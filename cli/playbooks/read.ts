/** Reads what a target means from disk and compiles it, with everything that there is to say about it. */
import { readFile } from 'node:fs/promises';

import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { compareDiagnostics, type Diagnostic, type SourceText } from '../../language/diagnostics/diagnostics.ts';
import { Failure } from '../failure.ts';
import { registryBeside } from './activities.ts';
import { asksAbout, type Target } from './target.ts';

export interface ReadPlaybooks {
  compiled: CompiledWorkspace;
  /**
   * Of the files that the target asks about, layouts of templates included; and the errors of what they lean on: templates
   * that they name, people, settings and whatever else is there for every playbook.
   */
  diagnostics: Diagnostic[];
  sources: Map<string, SourceText>;
  /** The file of each playbook as diagnostics name it, by the playbook's name; those that the target asks about. */
  files: Map<string, string>;
  /** What MJML says of layouts, where `layouts: later` has left it out: it takes half a second to load. */
  layoutFaults(): Promise<Diagnostic[]>;
  /** The tests of playbooks that the target asks about and that did not compile, by file. */
  untested: CompiledWorkspace['untested'];
}

export interface ReadOptions {
  instead?: ReadonlyMap<string, string>;
  drafted?: (files: WorkspaceFile[]) => WorkspaceFile[];
  layouts?: 'later';
}

const INVALID = 'invalid/';

/**
 * A playbook under `invalid/` is compiled only when it is asked for, and then with the folder's templates, people and
 * settings instead of its playbooks.
 *
 * @param options `instead`: texts that stand in place of those of files, as diagnostics name them; `drafted`: what stands
 * in place of the folder's files (V7)
 * @throws Failure NO_PLAYBOOKS when the folder has none.
 */
export async function readPlaybooks(
  target: Target,
  { instead = new Map(), drafted = (files) => files, layouts }: ReadOptions = {},
): Promise<ReadPlaybooks> {
  const withInvalid = target.only?.some((path) => path.startsWith(INVALID)) ?? false;
  const found = withLone(
    await loadFolder(target.folder, target.shown, { withInvalid }),
    target,
    await loneText(target),
  );
  const loaded = {
    ...found,
    files: drafted(found.files).map((file) => ({
      ...file,
      text: instead.get(prefixOf(target) + file.path) ?? file.text,
    })),
  };
  const asked = loaded.files.filter((file) => asksAbout(target, file.path));
  const invalid = asked.filter((file) => file.path.startsWith(INVALID));
  if (invalid.length === 0 && !loaded.files.some(isPlaybook)) {
    const where = target.shown === '' ? 'The current folder' : target.shown;
    const hint = 'A playbook is a .yaml file in the folder itself; settings.yaml alone is none.';
    throw new Failure('NO_PLAYBOOKS', `${where} has no playbooks.`, hint);
  }
  // What is said of one playbook depends on the others: what they mention, and whom they feed.
  const files = invalid.length === 0 ? loaded.files : besideThem(loaded.files, asked, invalid);
  const compiled = compileWorkspace(files, await registryBeside(target.folder), target.shown);
  const isAbout = about(target, asked);
  const prefix = prefixOf(target);
  // Files of invalid/ were compiled as if they lay in the folder itself: they are named as they really lie.
  const moved = new Map(invalid.map(({ path }) => [prefix + path.slice(INVALID.length), prefix + path]));
  if (target.lone) moved.set(prefix + target.lone.file, target.lone.path);
  const realName = (file: string) => moved.get(file) ?? file;
  const pathOf = (file: string) => (file === target.lone?.path ? target.lone.file : file.slice(prefix.length));
  const told = (found: readonly Diagnostic[]) =>
    found
      .map((diagnostic) => ({ ...diagnostic, file: realName(diagnostic.file) }))
      .filter(({ file, severity }) => isAbout(pathOf(file), severity))
      .sort(compareDiagnostics);
  const ofLayouts = () => layoutFaults(files, { target, isAbout }, compiled);
  const laidOut = layouts === 'later' ? [] : await ofLayouts();
  const diagnostics = told([...loaded.diagnostics, ...compiled.diagnostics, ...laidOut]);
  const sources = new Map([...compiled.sources].map(([file, source]) => [realName(file), source]));
  const named = compiled.versions.map(({ playbook: { playbook } }) => [
    playbook,
    realName(`${prefix}${playbook}.yaml`),
  ]);
  const askedFor = named.filter(([, file]) => asksAbout(target, pathOf(file!))) as [string, string][];
  const untested = [...compiled.untested].flatMap(([file, tests]): [string, typeof tests][] =>
    asksAbout(target, file.slice(prefix.length)) || moved.has(file) ? [[realName(file), tests]] : [],
  );
  const later = async () => told(await ofLayouts());
  return { compiled, diagnostics, layoutFaults: later, sources, files: new Map(askedFor), untested: new Map(untested) };
}

async function loneText({ lone }: Target): Promise<string | undefined> {
  return lone && readFile(lone.path, 'utf8');
}

function withLone<Found extends { files: WorkspaceFile[] }>(
  found: Found,
  { lone }: Target,
  text: string | undefined,
): Found {
  if (lone === undefined || text === undefined) return found;
  return { ...found, files: [...found.files.filter(({ path }) => path !== lone.file), { path: lone.file, text }] };
}

/** Whether a fault of a file is one of what is asked about, or of what that leans on. */
type IsAbout = (path: string, severity?: Diagnostic['severity']) => boolean;

function about(target: Target, asked: readonly WorkspaceFile[]): IsAbout {
  const playbooks = asked.filter(isPlaybook);
  const named = playbooks.flatMap(({ text }) =>
    [...text.matchAll(/\btemplate:\s*["']?([\w-]+)/g)].map(([, name]) => name),
  );
  const templates = new Set(named);
  return (path, severity = 'error') => {
    if (asksAbout(target, path)) return true;
    if (severity !== 'error' || playbooks.length === 0) return false;
    const template = /^templates\/(.+)\.\w+$/.exec(path)?.[1]?.split('/').at(-1);
    if (template !== undefined) return templates.has(template);
    return !path.startsWith(INVALID) && !isPlaybook({ path });
  };
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

function isPlaybook({ path }: Pick<WorkspaceFile, 'path'>): boolean {
  return !path.includes('/') && /\.ya?ml$/.test(path) && !/^settings\.ya?ml$/.test(path);
}

/** What MJML refuses in the templates that are asked about, and those that the playbooks asked about name. MJML is large: it is loaded for those alone. */
async function layoutFaults(
  files: readonly WorkspaceFile[],
  { target, isAbout }: { target: Target; isAbout: IsAbout },
  { workspace }: CompiledWorkspace,
): Promise<Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { path, text } of files.filter((file) => isAbout(file.path))) {
    const name = /^templates\/(.+)\.mjml$/.exec(path)?.[1]?.split('/').at(-1);
    const template = name === undefined ? undefined : workspace.templates[name];
    if (template?.format !== 'mjml') continue;
    const { checkLayout } = await import('../../language/template/layout.ts');
    found.push(...(await checkLayout(prefixOf(target) + path, text, template)));
  }
  return found;
}
