/** Which playbooks a backtest runs: those of a PATH, the changed ones of another, or variants of one value. */

import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { type Diagnostic, formatDiagnostic, type SourceText } from '../../language/diagnostics/diagnostics.ts';
import type { Json } from '../../language/model.ts';
import { withThoseRun } from '../../language/records/runs.ts';
import { parseYaml, pathKey, type YamlFile } from '../../language/yaml.ts';
import type { PlaybookSet } from '../../simulate/backtest/part.ts';
import { Failure } from '../failure.ts';
import { note, paintSeverity } from '../output.ts';
import { registryBeside } from '../playbooks/activities.ts';
import { readPlaybooks } from '../playbooks/read.ts';
import { loneBeside, type Target, targetsOf } from '../playbooks/target.ts';

export interface Asked extends PlaybookSet {
  target: Target;
  names: string[];
}

/**
 * The playbooks that the paths ask about, with the settings and people of their folder.
 *
 * @throws Failure when they lie in several folders, or one of them is faulty
 */
export async function askedFor(paths: readonly string[]): Promise<Asked> {
  return askedOf(await targetsOf(paths), paths);
}

/** What `--compare` names; a file that lies alone is read as one of the folder of the present playbooks. */
export async function comparedWith({ target }: Asked, path: string): Promise<Asked> {
  const lone = await loneBeside(target, path);
  return lone === undefined ? askedFor([path]) : askedOf([lone], [path]);
}

async function askedOf([target, ...more]: readonly Target[], paths: readonly string[]): Promise<Asked> {
  if (target === undefined || more.length > 0) {
    const hint = 'Settings, people and templates are those of one folder: name one folder, or files of one.';
    throw new Failure('SEVERAL_FOLDERS', 'The playbooks lie in several folders.', hint);
  }
  const { compiled, diagnostics, sources, files } = await readPlaybooks(target);
  refuseFaulty(diagnostics, sources);
  const own = compiled.versions.filter(({ playbook }) => files.has(playbook.playbook));
  const versions = withThoseRun(own, compiled.versions);
  if (versions.length === 0) {
    throw new Failure('NO_PLAYBOOKS', `${paths.join(', ')} has no playbook.`, 'Name a playbook, or a folder of some.');
  }
  const { settings, people } = compiled.workspace;
  return { target, names: versions.map(({ playbook }) => playbook.playbook), versions, settings, people };
}

/** The present playbooks, each replaced by the one of the same name of another path. */
export function changedBy(before: Asked, other: Asked): PlaybookSet {
  const both = other.names.some((name) => before.names.includes(name));
  const kept = both ? before.versions.filter(({ playbook }) => !other.names.includes(playbook.playbook)) : [];
  return { versions: [...kept, ...other.versions], settings: other.settings, people: other.people };
}

export interface Variation {
  /** A key of the trigger: `within`, or a path that ends in it: `any.0.within`. */
  key: string;
  values: string[];
}

/** @throws Failure when the text is not `key=value,value` */
export function variationOf(text: string): Variation {
  const [key = '', list = ''] = text.split(/=(.*)/s);
  const values = list.split(',').map((value) => value.trim());
  if (!/^[a-z_][a-z0-9_.]*$/i.test(key) || values.some((value) => value === '')) {
    throw new Failure(
      'WRONG_VARIATION',
      `--vary is "${text}".`,
      'Write a key of the trigger and values: within=30m,1h,2h.',
    );
  }
  return { key, values };
}

/**
 * For each value the playbooks with it in place of the value in their triggers' YAML.
 *
 * @throws Failure when no trigger has the key, or a value makes a playbook faulty
 */
export async function variantsOf(asked: Asked, { key, values }: Variation): Promise<PlaybookSet[]> {
  const { target, names } = asked;
  const { files } = await loadFolder(target.folder, target.shown);
  const all = names.map((name) => ({
    name,
    file: files.find(({ path }) => /^(.+)\.ya?ml$/.exec(path)?.[1] === name)!,
  }));
  const varied = all.filter(({ file }) => placesOf(file, key).length > 0);
  if (varied.length === 0) {
    const hint = 'Name a key of the trigger, such as within, at_least, for, hold, drops or offset.';
    throw new Failure('NOTHING_TO_VARY', `No trigger of ${names.join(', ')} has \`${key}\`.`, hint);
  }
  const registry = await registryBeside(target.folder);
  return values.map((value) => {
    const changed = new Map(varied.map(({ file }) => [file.path, withValue(file, key, value)]));
    const compiled = compileWorkspace(
      files.map((file) => ({ ...file, text: changed.get(file.path) ?? file.text })),
      registry,
      target.shown,
    );
    const prefix = target.shown === '' ? '' : `${target.shown}/`;
    const own = compiled.diagnostics.filter(({ file }) => changed.has(file.slice(prefix.length)));
    refuseFaulty(own, compiled.sources);
    const { settings, people } = compiled.workspace;
    return { versions: compiled.versions.filter((v) => names.includes(v.playbook.playbook)), settings, people };
  });
}

function withValue(file: WorkspaceFile, key: string, value: string): string {
  let { text } = file;
  // From the back, so that what is replaced moves nothing that is still to be replaced.
  for (const { start, end } of placesOf(file, key).sort((a, b) => b.start - a.start)) {
    text = `${text.slice(0, start)}${written(value)}${text.slice(end)}`;
  }
  return text;
}

/** A number stays one; anything else is quoted, whatever it is made of. */
function written(value: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) ? value : JSON.stringify(value);
}

/** The places of the key's values in the trigger: single values, no maps. */
function placesOf({ path, text }: WorkspaceFile, key: string): { start: number; end: number }[] {
  const { file } = parseYaml(path, text);
  const trigger = file && (file.value as { [name: string]: Json }).trigger;
  return trigger === undefined ? [] : within(file!, trigger, ['trigger'], key.split('.'));
}

function within(
  file: YamlFile,
  value: Json,
  path: (string | number)[],
  wanted: readonly string[],
): { start: number; end: number }[] {
  if (typeof value !== 'object' || value === null) {
    const isIt = wanted.every((name, i) => String(path[path.length - wanted.length + i]) === name);
    const span = isIt && path.length > wanted.length ? file.spans.get(pathKey(path)) : undefined;
    return span ? [span] : [];
  }
  const inner: [string | number, Json][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return inner.flatMap(([name, item]) => within(file, item, [...path, name], wanted));
}

function refuseFaulty(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceText>): void {
  const faults = diagnostics.filter(({ severity }) => severity === 'error');
  if (faults.length === 0) return;
  for (const fault of faults) note(`${formatDiagnostic(fault, sources.get(fault.file), paintSeverity)}\n`);
  const hint = 'Correct the faults above; `cuebook lint` shows them as well.';
  const many = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  throw new Failure('FAULTY_PLAYBOOKS', `The playbooks have ${many}.`, hint, { exitCode: 1 });
}
