/** What makes a code base hard to read is bounded: crowded folders, files that know too much, long parameter lists, circles. */
import { describe, expect, it } from 'vitest';
import { importsOf, textOf, writtenFiles } from './sources.ts';

const MAX_SIBLINGS = 20;
const MAX_LINES = 400;
const MAX_IMPORTS = 15;
const MAX_PARAMETERS = 4;

/** Folders with more in them, and why they are not divided. */
const CROWDED: { [folder: string]: string } = {
  'cli/commands': "a file for each command, found by the command's name",
  test: 'a folder for each part that has tests, named like the part',
};
/** Files that run more of ours, and why that is not too much to know. */
const COMPOSING: { [file: string]: string } = {
  'cli/demo/demo.ts': 'puts the whole system together, each part named once',
  'evaluator/round/batch.ts': 'one round from what was claimed to what is written, each kind of work named once',
  'evaluator/merge/merge-contacts.ts': 'one merge through everything that is kept of a contact',
  'test/activities/stage.ts': 'sets up every table and service that an activity touches',
  'test/evaluation/adapters.ts': 'runs one history through both adapters of the evaluation',
};
/** From so many files on, a file is a foundation: what it pulls in, nearly everything pulls in. */
const FOUNDATION_FROM = 20;
const MAX_FOUNDATION_IMPORTS = 8;

const code = writtenFiles(/\.(ts|tsx|mjs)$/);

/** The files of ours that a file runs; types are gone when it is compiled. */
function runBy(path: string): string[] {
  const ours = importsOf(path).filter(({ isPackage, typeOnly }) => !isPackage && !typeOnly);
  return [...new Set(ours.map(({ to }) => to))];
}

/** Those over a bound, the furthest first, for a message that says what to divide. */
function over(counts: Iterable<[string, number]>, most: number, except: object = {}): string[] {
  return [...counts]
    .filter(([name, count]) => count > most && !(name in except))
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name}: ${count}`);
}

describe('a folder can be read', () => {
  const siblings = new Map<string, Set<string>>();
  for (const path of code) {
    const names = path.split('/');
    for (const [depth, name] of names.entries()) {
      const folder = names.slice(0, depth).join('/');
      siblings.set(folder, (siblings.get(folder) ?? new Set()).add(name));
    }
  }
  const counts = new Map([...siblings].map(([folder, names]) => [folder, names.size]));

  it(`none has more than ${MAX_SIBLINGS} files of code and folders with code`, () => {
    expect(over(counts, MAX_SIBLINGS, CROWDED)).toEqual([]);
  });

  it('an exception that is no longer needed is taken back', () => {
    expect(Object.keys(CROWDED).filter((folder) => (counts.get(folder) ?? 0) <= MAX_SIBLINGS)).toEqual([]);
  });
});

describe('a file can be read', () => {
  it(`none is longer than ${MAX_LINES} lines`, () => {
    const lines = code.map((path): [string, number] => [path, textOf(path).split('\n').length - 1]);
    expect(over(lines, MAX_LINES)).toEqual([]);
  });

  const imports = new Map(code.map((path) => [path, runBy(path).length]));

  it(`none runs more than ${MAX_IMPORTS} other files of ours`, () => {
    expect(over(imports, MAX_IMPORTS, COMPOSING)).toEqual([]);
  });

  it('an exception that is no longer needed is taken back', () => {
    expect(Object.keys(COMPOSING).filter((path) => (imports.get(path) ?? 0) <= MAX_IMPORTS)).toEqual([]);
  });

  it(`what more than ${FOUNDATION_FROM} files run runs few itself`, () => {
    const users = new Map<string, number>();
    const product = code.filter((path) => !path.startsWith('test/'));
    for (const to of product.flatMap(runBy)) users.set(to, (users.get(to) ?? 0) + 1);
    const foundations = [...imports].filter(([path]) => (users.get(path) ?? 0) > FOUNDATION_FROM);
    expect(foundations.length).toBeGreaterThan(5);
    expect(over(foundations, MAX_FOUNDATION_IMPORTS)).toEqual([]);
  });
});

describe('the linter keeps the rest', () => {
  interface Biome {
    linter: { rules: { [group: string]: { [rule: string]: { level: string; options?: { max?: number } } } } };
    overrides: unknown[];
  }
  const biome = JSON.parse(textOf('biome.json')) as Biome;

  it('no circle of imports at run time, and no long parameter list, is an error everywhere', () => {
    const { suspicious, complexity } = biome.linter.rules;
    expect(suspicious?.noImportCycles).toEqual({ level: 'error', options: { ignoreTypes: true } });
    expect(complexity?.useMaxParams).toEqual({ level: 'error', options: { max: MAX_PARAMETERS } });
    expect(JSON.stringify(biome.overrides)).not.toMatch(/noImportCycles|useMaxParams/);
  });

  it('no file is let off', () => {
    const ignored = new RegExp(`${'biome' + '-ignore'}.*(noImportCycles|useMaxParams)`);
    expect(code.filter((path) => ignored.test(textOf(path)))).toEqual([]);
  });
});
