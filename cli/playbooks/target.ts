/** Which playbooks a PATH of the command line means. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { FOLDERS } from '../../language/compile/files/file-kinds.ts';
import { readEnvironment } from '../environment.ts';
import { Failure } from '../failure.ts';

/** A folder of playbooks, and which of its files are asked about. */
export interface Target {
  /** The folder that gives templates, traits, calendars, people and settings. */
  folder: string;
  /** As it is named in diagnostics: from the current folder, with `/`; '' for the current folder itself. */
  shown: string;
  /** Paths in the folder, with `/`; absent: all of them. One that ends in `/` means what lies below. */
  only?: string[];
  /** A playbook that lies elsewhere and is read in place of the folder's of that name: the file as it was given. */
  lone?: { path: string; file: string };
}

/** Folders of a playbook folder whose files are not playbooks, and that of examples which must be refused. */
const INNER = new Set<string>([...FOLDERS, 'invalid']);

/**
 * The targets of a command's paths, one for each folder. A path is a folder, or a file in one. Without paths it is
 * CUEBOOK_PLAYBOOKS, else `playbooks`.
 *
 * @throws Failure NO_SUCH_PATH for a path at which nothing lies.
 */
export async function targetsOf(paths: readonly string[]): Promise<Target[]> {
  const targets = new Map<string, Target>();
  for (const path of paths.length > 0 ? paths : [readEnvironment().CUEBOOK_PLAYBOOKS]) {
    const { folder, only } = await placeOf(path);
    const known = targets.get(folder);
    if (only === undefined) targets.set(folder, { folder, shown: shownAs(folder) });
    else if (known === undefined) targets.set(folder, { folder, shown: shownAs(folder), only: [only] });
    else known.only?.push(only);
  }
  return [...targets.values()];
}

/**
 * A playbook that lies alone, with no folder of playbooks around it (no settings, templates, people and the like), as one of the
 * folder of another target; undefined for any other path.
 */
export async function loneBeside({ folder, shown }: Target, path: string): Promise<Target | undefined> {
  const place = await placeOf(path);
  if (place.only === undefined || !/\.ya?ml$/.test(place.only) || place.only.includes('/')) return undefined;
  const around: string[] = await readdir(place.folder);
  if (around.some((name) => INNER.has(name) || /^settings\.ya?ml$/.test(name))) return undefined;
  return { folder, shown, only: [place.only], lone: { path, file: place.only } };
}

async function placeOf(path: string): Promise<{ folder: string; only?: string }> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (found === undefined) {
    const hint =
      'Give a folder of playbooks or a file in one, start where `playbooks/` lies, or set CUEBOOK_PLAYBOOKS.';
    throw new Failure('NO_SUCH_PATH', `There is no file or folder ${path}.`, hint);
  }
  const whole = join(path, '.');
  const parent = dirname(whole);
  if (found.isDirectory()) {
    return INNER.has(basename(whole)) ? { folder: parent, only: `${basename(whole)}/` } : { folder: whole };
  }
  if (INNER.has(basename(parent))) {
    return { folder: dirname(parent), only: `${basename(parent)}/${basename(whole)}` };
  }
  return { folder: parent, only: basename(whole) };
}

/** A folder as diagnostics name it: from the current folder, with `/`. */
export function shownAs(folder: string): string {
  return relative('.', folder).split(sep).join('/');
}

/** Whether a target asks about a file of its folder. */
export function asksAbout(target: Target, path: string): boolean {
  if (target.only === undefined) return true;
  return target.only.some((one) => (one.endsWith('/') ? path.startsWith(one) : one === path));
}
