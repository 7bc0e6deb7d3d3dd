/** Where a mutant's place is: in the one module that exports a name, the one match of a pattern. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './list.ts';
import { type Code, codeOf, type Match, matchesIn, patternOf, replaced, type Tree } from './pattern.ts';

export interface Module extends Code {
  /** From the build's root. */
  path: string;
}

export interface Place {
  module: Module;
  match: Match;
}

/** Every compiled module of some folders of a build. */
export async function modulesOf(build: string, folders: readonly string[]): Promise<Module[]> {
  const modules: Module[] = [];
  for (const folder of folders) {
    for (const entry of await readdir(join(build, folder), { recursive: true })) {
      if (!entry.endsWith('.js')) continue;
      const path = join(folder, entry);
      modules.push({ path, ...codeOf(await readFile(join(build, path), 'utf8')) });
    }
  }
  return modules;
}

/** @throws Error when the name or the pattern is there never or more than once */
export function placeOf(mutant: Mutant, modules: readonly Module[]): Place {
  const { inside, given, pattern } = mutant;
  const named = modules.filter(({ program }) => namesOf(program).includes(inside));
  const [module] = named;
  if (!module || named.length > 1) {
    throw new Error(`"${inside}" is exported by ${listOf(named.map(({ path }) => path))}: it must be by one`);
  }
  const context = given === undefined ? undefined : onlyMatch(module, given);
  return { module, match: onlyMatch(module, pattern, context) };
}

/** The module's text with the mutant in it. */
export function mutated({ replacement }: Mutant, { module, match }: Place): string {
  return replaced(module, match, replacement);
}

function onlyMatch(module: Module, pattern: string, context?: Match): Match {
  const found = matchesIn(module, patternOf(pattern), context?.bindings);
  const [match] = found;
  if (match && found.length === 1) return match;
  const places = found.map(({ node }) => module.text.slice(node.start, node.end));
  throw new Error(`"${pattern}" is in ${module.path} at ${listOf(places)}: it must be at one place`);
}

/** What a module exports: names, and for an object with a `kind` the name with it, as `condition absence`. */
function namesOf(program: Tree): string[] {
  return (program.body as Tree[]).flatMap((statement) => {
    const declared = statement.type === 'ExportNamedDeclaration' ? (statement.declaration as Tree | null) : null;
    if (!declared) return [];
    const declarations = (declared.declarations as Tree[] | undefined) ?? [declared];
    return declarations.flatMap(({ id, init }) => {
      const name = String((id as Tree).name);
      const kind = kindOf(init as Tree | null | undefined);
      return kind === undefined ? [name] : [name, `${name} ${kind}`];
    });
  });
}

function kindOf(init: Tree | null | undefined): unknown {
  const properties = init?.type === 'ObjectExpression' ? (init.properties as Tree[]) : [];
  const kind = properties.find(({ key }) => (key as Tree | undefined)?.name === 'kind');
  return (kind?.value as Tree | undefined)?.value;
}

function listOf(found: readonly string[]): string {
  return found.length === 0 ? 'none' : found.join(' and ');
}
