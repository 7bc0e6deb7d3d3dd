/** Finds the activities of a folder: each file that exports `activity` is one (S17). */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AnyActivity, activityOf } from './activity.ts';

export type Activities = ReadonlyMap<string, AnyActivity>;

/** Names the file, and says what is to be done. */
export class ActivityFault extends Error {
  readonly file: string;

  constructor(file: string, message: string, cause: unknown) {
    super(message, { cause });
    this.file = file;
  }
}

const NO_ACTIVITIES: Activities = new Map();
/** `.mjs` and `.js` as Node reads them; `.ts` without its types. Tests and declarations are passed over. */
const FILE = /^(?!.*\.(?:test|spec)\.)(?!.*\.d\.ts$)(.+)\.(ts|mjs|js)$/;

/** Those of Cuebook itself. */
export function shippedActivities(): Promise<Activities> {
  return loadActivities(new URL('../custom/', import.meta.url).pathname, NO_ACTIVITIES);
}

/**
 * @param folder without one, or where there is none, those that are known already
 * @param known those of Cuebook: a file of the folder with the name of one of them is a fault
 * @throws ActivityFault at the first file that is none
 */
export async function loadActivities(folder: string, known: Activities): Promise<Activities> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const found = new Map(known);
  for (const file of names.sort()) {
    const [, name, ending] = FILE.exec(file) ?? [];
    if (name === undefined || file.endsWith('.d.ts')) continue;
    const path = join(folder, file);
    try {
      const { activity } = await read(path, ending!);
      if (found.has(name)) throw new Error(`there is an activity \`${name}\` already`);
      found.set(name, activityOf(name, activity));
    } catch (error) {
      throw new ActivityFault(path, error instanceof Error ? error.message : String(error), error);
    }
  }
  return found;
}

async function read(path: string, ending: string): Promise<{ activity?: unknown }> {
  const url = pathToFileURL(path).href;
  if (ending !== 'ts' || path.startsWith(OWN)) return import(/* @vite-ignore */ url);
  return import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(await withoutTypes(path)).toString('base64')}`
  );
}

/** Where Cuebook's own sources lie: whatever runs those reads TypeScript. */
const OWN = new URL('../custom/', import.meta.url).pathname;

/** Temporal's worker brings the compiler along: it is loaded where a file asks for it. */
async function withoutTypes(path: string): Promise<string> {
  const { transform } = createRequire(import.meta.url)('@swc/core') as typeof import('@swc/core');
  const { code } = await transform(await readFile(path, 'utf8'), {
    filename: path,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  if (/^\s*(?:import|export)\b[^;'"]*\bfrom\s*['"](?!node:)/m.test(code)) {
    throw new Error(
      'a TypeScript file imports types alone: what needs other modules is written in JavaScript, as .mjs',
    );
  }
  return code;
}
