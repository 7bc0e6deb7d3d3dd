/**
 * A folder of playbooks → everything that it says, compiled together, with every fault at once. A file that is broken
 * takes nothing else with it: what does not need it still compiles.
 */

import { compileCalendar } from './compile/files/calendars.ts';
import { Faulty } from './compile/files/faulty.ts';
import { FOLDERS } from './compile/files/file-kinds.ts';
import { compilePolicy, compileSegments, subjectOf } from './compile/files/records.ts';
import { compilePeople, compileSettings, defaultSettings } from './compile/files/settings.ts';
import type { LintedPlaybook } from './compile/lint/lint-keys.ts';
import { lintTogether } from './compile/lint/together/lint-together.ts';
import { compilePlaybook } from './compile/playbook.ts';
import { Diagnostics, FileReport } from './compile/report.ts';
import type { WorkspaceContext } from './compile/scope.ts';
import { compileTests, namesOfTests } from './compile/tests/tests.ts';
import type { PlaybookTest } from './compile/tests/types.ts';
import { compileTraits } from './compile/traits/traits.ts';
import { versionOf } from './compile/version.ts';
import { type Diagnostic, diagnosticAt, type SourceText, sourceText } from './diagnostics/diagnostics.ts';
import { didYouMean } from './diagnostics/nearest.ts';
import type { PlaybookVersion, Workspace } from './model.ts';
import type { Registry } from './syntax.ts';
import { parseTemplate } from './template.ts';
import { parseYaml, type YamlFile } from './yaml.ts';

export type { ExpectedLine, PlaybookTest, TestEvent } from './compile/tests/types.ts';

/** A file of the folder, by its path in it: `cart-abandoned.yaml`, `templates/cart-reminder.mjml`. */
export interface WorkspaceFile {
  path: string;
  text: string;
}

export interface CompiledWorkspace {
  /** Whatever compiled; complete only when no diagnostic is an error. */
  workspace: Workspace;
  /** One for each playbook that compiled, in the order of their names. */
  versions: PlaybookVersion[];
  /** By playbook; no part of its version. */
  tests: Map<string, PlaybookTest[]>;
  /** By the hash of a version: its file as diagnostics name it, and the lines of its steps by path. */
  places: Map<string, { file: string; lines: { [path: string]: number } }>;
  /** The tests of playbooks that did not compile, by the file's name in diagnostics: nothing can be said of them. */
  untested: Map<string, { it: string; line: number }[]>;
  /** By file, then place. */
  diagnostics: Diagnostic[];
  /** By the file's name in diagnostics, to show the lines that they are about. */
  sources: Map<string, SourceText>;
}

type Folder = (typeof FOLDERS)[number];

/**
 * @param files all files of the folder; the order does not matter
 * @param registry the conditions, steps and aggregates of this release
 * @param folder the name of the folder in diagnostics: `playbooks/cart.yaml`
 */
export function compileWorkspace(
  files: readonly WorkspaceFile[],
  registry: Registry,
  folder = 'playbooks',
): CompiledWorkspace {
  const diagnostics = new Diagnostics();
  const sources = new Map<string, SourceText>();
  const sorted = sort(files, folder, diagnostics, sources);
  const world = compileAround(sorted, registry, { diagnostics, sources });
  const versions: PlaybookVersion[] = [];
  const tests = new Map<string, PlaybookTest[]>();
  const places: CompiledWorkspace['places'] = new Map();
  const linted: LintedPlaybook[] = [];
  const untested = new Map<string, { it: string; line: number }[]>();
  for (const { file, report, name } of sorted.playbooks) {
    const compiled = compilePlaybook(file, report, world, name);
    if (compiled === undefined) {
      untested.set(file.source.path, namesOfTests(report));
      continue;
    }
    if (versions.some((version) => version.playbook.playbook === compiled.playbook.playbook)) {
      report.at(['playbook'], {
        code: 'CB208',
        message: `another file describes \`${compiled.playbook.playbook}\` already`,
      });
      continue;
    }
    const version = versionOf(compiled.playbook, compiled.uses, world);
    versions.push(version);
    places.set(version.hash, { file: file.source.path, lines: compiled.lines });
    const read = compileTests(compiled.tests, ['tests'], report, { world, steps: compiled.playbook.steps });
    tests.set(compiled.playbook.playbook, read);
    linted.push({ version, tests: read, report });
  }
  lintTogether(linted, world, sorted.settings?.report);
  versions.sort((a, b) => (a.playbook.playbook < b.playbook.playbook ? -1 : 1));
  const compiled = versions.map(({ playbook }) => playbook);
  const { registry: _, faulty: __, playbooks: ___, ...rest } = world;
  const workspace: Workspace = { playbooks: compiled, ...rest };
  return { workspace, versions, tests, places, untested, diagnostics: diagnostics.sorted(), sources };
}

interface ParsedFile {
  file: YamlFile;
  report: FileReport;
  /** The file's name without folders and ending. */
  name: string;
}

interface Sorted {
  playbooks: ParsedFile[];
  settings: ParsedFile | undefined;
  folders: { [folder in Exclude<Folder, 'templates'>]: ParsedFile[] };
  templates: { name: string; path: string; text: string }[];
  faulty: Faulty;
}

/** What a file that is no YAML may describe. */
function noteUnreadable(faulty: Faulty, [folder, ...inside]: string[], name: string): void {
  if (inside.length === 0) {
    if (name === 'settings') faulty.addUnreadable('settings');
  } else if (folder === 'people') {
    faulty.add('person', name);
    faulty.addUnreadable('team');
    faulty.addUnreadable('channel');
  } else if (folder === 'calendars') faulty.add('calendar', name);
  else if (folder === 'sla') faulty.add('policy', name);
  else if (folder === 'segments') faulty.addUnreadable('segment');
}

/** Parses every file, and puts it where it is read. */
function sort(
  files: readonly WorkspaceFile[],
  root: string,
  diagnostics: Diagnostics,
  sources: Map<string, SourceText>,
): Sorted {
  const sorted: Sorted = {
    playbooks: [],
    settings: undefined,
    folders: { segments: [], traits: [], calendars: [], sla: [], people: [] },
    templates: [],
    faulty: new Faulty(),
  };
  for (const { path, text } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const shown = root === '' ? path : `${root}/${path}`;
    const parts = path.split('/');
    const [first] = parts;
    const base = parts.at(-1)!;
    if (parts.length > 1 && first === 'invalid') continue;
    if (parts.length > 1 && first === 'templates') {
      if (/\.(mjml|html|txt)$/.test(base))
        sorted.templates.push({ name: base.replace(/\.\w+$/, ''), path: shown, text });
      continue;
    }
    if (!/\.ya?ml$/.test(base)) continue;
    const parsed = parseYaml(shown, text);
    sources.set(shown, parsed.source);
    const known = FOLDERS.find((folder) => folder === first);
    if (parts.length > 1 && known === undefined) {
      const message = `nothing is read in \`${String(first)}/\``;
      diagnostics.add(
        diagnosticAt(parsed.source, 0, 0, { code: 'CB216', message, hint: didYouMean(String(first), FOLDERS) }),
      );
      continue;
    }
    for (const diagnostic of parsed.diagnostics) diagnostics.add(diagnostic);
    if (parsed.file === undefined) {
      noteUnreadable(sorted.faulty, parts, base.replace(/\.ya?ml$/, ''));
      continue;
    }
    const entry = {
      file: parsed.file,
      report: new FileReport(parsed.file, diagnostics),
      name: base.replace(/\.ya?ml$/, ''),
    };
    if (parts.length === 1) {
      if (entry.name === 'settings') sorted.settings = entry;
      else sorted.playbooks.push(entry);
    } else sorted.folders[known as Exclude<Folder, 'templates'>].push(entry);
  }
  return sorted;
}

/** Everything around the playbooks, in the order in which it is referred to. */
function compileAround(
  sorted: Sorted,
  registry: Registry,
  { diagnostics, sources }: { diagnostics: Diagnostics; sources: Map<string, SourceText> },
): WorkspaceContext {
  const { folders, settings } = sorted;
  const world: WorkspaceContext = {
    registry,
    settings: defaultSettings(),
    people: compilePeople(folders.people, sorted.faulty),
    templates: {},
    calendars: {},
    policies: {},
    traits: [],
    segments: [],
    playbooks: new Map(sorted.playbooks.map(({ file, name }) => [name, subjectOf(file.value)])),
    faulty: sorted.faulty,
  };
  for (const entry of folders.calendars) compileCalendar(entry, world);
  if (settings !== undefined) {
    const given = { calendars: Object.keys(world.calendars), base: world.settings, faulty: world.faulty };
    world.settings = compileSettings(settings.report, settings.file.value, [], given);
    if (!settings.report.clean) world.faulty.addUnreadable('settings');
  }
  for (const { name, path, text } of sorted.templates) {
    const source = sourceText(path, text);
    sources.set(path, source);
    const parsed = parseTemplate(path, text);
    for (const diagnostic of parsed.diagnostics) diagnostics.add(diagnostic);
    if (Object.hasOwn(world.templates, name)) {
      const message = `another template is called \`${name}\` already`;
      diagnostics.add(
        diagnosticAt(source, 0, 0, { code: 'CB208', message, hint: 'the ending is not a part of the name' }),
      );
    } else if (parsed.template !== undefined) world.templates[name] = parsed.template;
    else world.faulty.add('template', name);
  }
  for (const entry of folders.traits) compileTraits(entry, world);
  for (const entry of folders.segments) compileSegments(entry, world);
  for (const entry of folders.sla) compilePolicy(entry, world);
  return world;
}
