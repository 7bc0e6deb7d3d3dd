/** The real dialect and the shipped playbooks, for tests of the language. */
import { readFileSync } from 'node:fs';
import { type CompiledWorkspace, compileWorkspace, type WorkspaceFile } from '../../language/compile.ts';
import { discover } from '../../language/discover.ts';
import { loadFolder } from '../../language/load.ts';
import type { Dialect, StepSyntax } from '../../language/syntax.ts';
import { aggregates } from '../../triggers/aggregate.ts';
import { conditions } from '../../triggers/conditions.ts';

const steps = await discover<StepSyntax>(new URL('../../workflows/steps/', import.meta.url), 'step');

/** Everything that the product has. */
export const dialect: Dialect = { conditions, steps, aggregates };

export const FOLDER = new URL('../../playbooks/', import.meta.url).pathname;

/** The shipped files, those under `invalid/` left out. */
export async function shippedFiles(): Promise<WorkspaceFile[]> {
  const { files } = await loadFolder(FOLDER);
  return files.filter((file) => !file.path.startsWith('invalid/'));
}

const surroundings = (await shippedFiles()).filter((file) => file.path.includes('/') || file.path === 'settings.yaml');

/** One playbook among the shipped templates, people, calendars and policies. */
export function compileOne(text: string, options: { name?: string; extra?: WorkspaceFile[] } = {}): CompiledWorkspace {
  const name = options.name ?? /^playbook:\s*(\S+)/m.exec(text)?.[1] ?? 'p';
  const extra = options.extra ?? [];
  const others = surroundings.filter((file) => !extra.some((e) => e.path === file.path));
  return compileWorkspace([...others, ...extra, { path: `${name}.yaml`, text }], dialect);
}

export function readInvalid(name: string): string {
  return readFileSync(`${FOLDER}invalid/${name}`, 'utf8');
}
