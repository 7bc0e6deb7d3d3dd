/** Takes a playbook that ships into a folder, under a name of its own, with as little of what it leans on as it needs. */
import { dirname } from 'node:path/posix';
import { registry } from '../../../evaluation/registry.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../../language/compile.ts';
import type { Registry } from '../../../language/syntax.ts';
import { runTest } from '../../../simulate/tests/playbook-tests.ts';
import { isPlaybook } from './shipped.ts';
import type { NewFile } from './write-files.ts';

export interface Adopted {
  /** The playbook first. */
  files: NewFile[];
  /** Tests that do not pass beside what the folder has: its settings, say, are others. */
  failing: string[];
  /** How many errors lint has of it. */
  errors: number;
}

export interface Adopting {
  /** The playbook that ships. */
  from: string;
  name: string;
  shipped: readonly WorkspaceFile[];
  /** What the folder has. */
  present: readonly WorkspaceFile[];
  /** The language as it is spoken in that folder. */
  spoken?: Registry;
}

export function adopt({ from, name, shipped, present, spoken = registry }: Adopting): Adopted {
  const original = shipped.find(({ path }) => path === `${from}.yaml`)!;
  const there = new Map(present.map(({ path, text }) => [path, text]));
  const { text, templates } = renamed({ text: textOf(original.text, from, name), name, shipped, there });
  const playbook = { path: `${name}.yaml`, text };
  // Everything that may be needed and is not there; then without one after the other, as long as it is as good.
  const runs = new Set([...original.text.matchAll(/\brun:\s*["']?([\w-]+)/g)].map(([, one]) => `${one}.yaml`));
  let beside = shipped.filter((file) => {
    if (there.has(file.path) || file.path.startsWith('templates/')) return false;
    return !isPlaybook(file) || runs.has(file.path);
  });
  const before = errorsIn(compileWorkspace(present, spoken));
  const judge = (some: readonly WorkspaceFile[]) => {
    const compiled = compileWorkspace([...present, playbook, ...templates, ...some], spoken);
    return { errors: Math.max(0, errorsIn(compiled) - before), failing: () => failingOf(compiled, name) };
  };
  const whole = judge(beside);
  const best = { errors: whole.errors, failing: whole.failing() };
  const leaveOut = (some: readonly WorkspaceFile[]) => {
    const without = beside.filter((file) => !some.includes(file));
    if (without.length === beside.length) return;
    const { errors, failing } = judge(without);
    if (errors <= best.errors && failing().length <= best.failing.length) beside = without;
  };
  // A folder without settings has no sender: those stay. Whole folders first, since most are not needed.
  const may = beside.filter(({ path }) => !/^settings\./.test(path));
  for (const folder of new Set(may.map(({ path }) => dirname(path)))) {
    const inside = may.filter(({ path }) => dirname(path) === folder);
    leaveOut(inside);
    if (inside.some((file) => beside.includes(file))) for (const one of inside) leaveOut([one]);
  }
  return { files: [playbook, ...templates, ...beside], ...best };
}

function errorsIn({ diagnostics }: CompiledWorkspace): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

function failingOf({ versions, tests, workspace }: CompiledWorkspace, name: string): string[] {
  const version = versions.find(({ playbook }) => playbook.playbook === name);
  if (version === undefined) return [name];
  const results = (tests.get(name) ?? []).map((test) => runTest(version, test, workspace.people, { folder: versions }));
  return results.filter(({ passed }) => !passed).map(({ it }) => it);
}

/** The playbook says its name at its head, and where it tells its own events from those of others. */
function textOf(text: string, from: string, name: string): string {
  return text.replace(/^playbook:.*$/m, `playbook: ${name}`).replaceAll(`"${from}"`, `"${name}"`);
}

interface Renaming {
  text: string;
  name: string;
  shipped: readonly WorkspaceFile[];
  there: ReadonlyMap<string, string>;
}

/** Its templates; one whose name the folder has for another text gets the playbook's name before its own. */
function renamed({ text, name, shipped, there }: Renaming): { text: string; templates: NewFile[] } {
  let written = text;
  const templates: NewFile[] = [];
  const used = new Set([...text.matchAll(/\btemplate:\s*["']?([\w-]+)/g)].map(([, one]) => one!));
  for (const file of shipped) {
    const [, template, ending] = /^templates\/(?:.*\/)?([^/]+)\.(\w+)$/.exec(file.path) ?? [];
    if (template === undefined || !used.has(template)) continue;
    const known = [...there].find(([path]) => new RegExp(`^templates/(.*/)?${template}\\.\\w+$`).test(path));
    if (known?.[1] === file.text) continue;
    if (known === undefined) templates.push(file);
    else {
      const own = `${name}-${template}`;
      written = written.replace(new RegExp(`\\b(template|send):(\\s*)${template}(?![\\w-])`, 'g'), `$1:$2${own}`);
      templates.push({ path: `templates/${own}.${ending}`, text: file.text });
    }
  }
  return { text: written, templates };
}
