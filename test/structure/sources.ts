/** The repository's own files as texts, and what they import. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Folders that hold what is installed, made or kept, not what is written. */
const NOT_WRITTEN = /^(node_modules|dist|\.git|\.cuebook|coverage|store\/generated|docs\/reference)$/;

/** Paths from the root, with `/`, of files whose name ends so. */
export function writtenFiles(ending: RegExp, folder = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !NOT_WRITTEN.test(path)) found.push(...writtenFiles(ending, path));
    else if (entry.isFile() && ending.test(path)) found.push(path);
  }
  return found.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Import {
  from: string;
  /** A path from the root, or a package. */
  to: string;
  isPackage: boolean;
  /** Gone when it is compiled: `import type`, `export type`. */
  typeOnly: boolean;
  /** Loaded when it is needed: `import(…)`. */
  isLazy: boolean;
}

const STATEMENT = /^\s*(import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\((?:\/\*[^*]*\*\/\s*)?'([^']+)'\)/g;

/** Every file, and every package, that is loaded with these files, but for what they load later. */
export function loadedWith(entries: readonly string[]): { files: Set<string>; packages: Set<string> } {
  const files = new Set(entries);
  const packages = new Set<string>();
  for (const file of files) {
    for (const { to, isPackage, typeOnly, isLazy } of importsOf(file)) {
      if (!typeOnly && !isLazy) (isPackage ? packages : files).add(to);
    }
  }
  return { files, packages };
}

/** What a TypeScript file imports, read from its text. */
export function importsOf(path: string): Import[] {
  const text = textOf(path);
  const all = [
    ...[...text.matchAll(STATEMENT)].map((match) => ({
      to: match[3]!,
      typeOnly: match[2] !== undefined,
      isLazy: false,
    })),
    ...[...text.matchAll(DYNAMIC)].map((match) => ({ to: match[1]!, typeOnly: false, isLazy: true })),
  ];
  return all.map(({ to, ...how }) => {
    const isPackage = !to.startsWith('.');
    return { from: path, to: isPackage ? to : normalize(join(path, '..', to)), isPackage, ...how };
  });
}
