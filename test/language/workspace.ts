/** The real dialect and the shipped playbooks, for tests of the language. */
import { readFileSync } from 'node:fs';
import { shippedActivities } from '../../activities/calls/load.ts';
import { registry as language } from '../../evaluation/registry.ts';
import { loadFolder } from '../../language/compile/files/load-folder.ts';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { around } from '../support/around.ts';

/** With the activities that Cuebook brings along. */
export const registry = { ...language, activities: [...(await shippedActivities()).values()] };

export const FOLDER = new URL('../../playbooks/', import.meta.url).pathname;

/** The shipped files, those under `invalid/` left out. */
export async function shippedFiles(): Promise<WorkspaceFile[]> {
  const { files } = await loadFolder(FOLDER);
  return files.filter((file) => !file.path.startsWith('invalid/'));
}

const shipped = await shippedFiles();

/**
 * One playbook among the shipped templates, people, calendars and policies, and among the shipped traits and segments
 * where it brings none: those may have the same names.
 */
export function compileOne(text: string, options: { name?: string; extra?: WorkspaceFile[] } = {}): CompiledWorkspace {
  const name = options.name ?? /^playbook:\s*(\S+)/m.exec(text)?.[1] ?? 'p';
  const extra = options.extra ?? [];
  return compileWorkspace([...around(shipped, extra), ...extra, { path: `${name}.yaml`, text }], registry);
}

export function readInvalid(name: string): string {
  return readFileSync(`${FOLDER}invalid/${name}`, 'utf8');
}
