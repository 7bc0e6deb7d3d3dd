/** Imports go one way: as the table of folders in docs/architecture.md says, and in no other. */
import { describe, expect, it } from 'vitest';
import { importsOf, textOf, writtenFiles } from './sources.ts';

/** Folder → what the last column of its row names: folders, single files of them, or folders in them, with a slash. */
function table(): Map<string, string[]> {
  const rows = textOf('docs/architecture.md').matchAll(/^\| ((?:`\w+\/`(?:, )?)+) \|.*\| ([^|]+) \|$/gm);
  const allowed = new Map<string, string[]>();
  for (const [, folders, cell] of rows) {
    const named = [...cell!.matchAll(/`([\w/.-]+)`/g)].map(([, name]) => name!);
    const above = [...allowed.keys()];
    for (const [, folder] of folders!.matchAll(/`(\w+)\/`/g)) {
      allowed.set(folder!, cell === 'all' ? ['all'] : cell === 'all above' ? above : named);
    }
  }
  return allowed;
}

const allowed = table();
const folderOf = (path: string) => path.split('/')[0]!;

function isAllowed(from: string, to: string): boolean {
  const names = allowed.get(folderOf(from));
  if (folderOf(from) === folderOf(to)) return true;
  const isNamed = (name: string) => name === folderOf(to) || name === to || (name.endsWith('/') && to.startsWith(name));
  return names?.some((name) => name === 'all' || isNamed(name)) ?? false;
}

describe('imports go one way', () => {
  const folders = [...allowed.keys()].filter((folder) => folder !== 'playbooks' && folder !== 'docs');

  it('the table names every folder of code', () => {
    expect(folders).toEqual(
      expect.arrayContaining([
        'language',
        'events',
        'triggers',
        'steps',
        'workflows',
        'activities',
        'store',
        'evaluator',
        'worker',
        'cli',
      ]),
    );
    const code = writtenFiles(/\.tsx?$/).filter((path) => path.includes('/'));
    expect([...new Set(code.map(folderOf))].filter((folder) => !allowed.has(folder))).toEqual([]);
  });

  for (const folder of folders) {
    it(`${folder}/ imports what docs/architecture.md lets it, and no other folder`, () => {
      const imports = writtenFiles(/\.tsx?$/)
        .filter((path) => folderOf(path) === folder)
        .flatMap(importsOf);
      const wrong = imports.filter(({ isPackage, from, to }) => !isPackage && !isAllowed(from, to));
      expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    });
  }
});

describe('the contract of the API', () => {
  it('imports nothing of ours but itself: whoever reads it reads nothing else', () => {
    const inside = 'server/api/contract/';
    const imports = writtenFiles(/\.ts$/)
      .filter((path) => path.startsWith(inside))
      .flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(5);
    const wrong = imports.filter(({ isPackage, to }) => (isPackage ? to !== 'zod' : !to.startsWith(inside)));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

describe('the web app and the server are two programs', () => {
  it('of what is not its own the app imports types and packages alone', () => {
    const imports = writtenFiles(/\.tsx?$/)
      .filter((path) => folderOf(path) === 'web')
      .flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(50);
    const wrong = imports.filter(({ to, isPackage, typeOnly }) => !isPackage && !typeOnly && folderOf(to) !== 'web');
    expect(wrong.map(({ from, to }) => `${from} runs ${to}`)).toEqual([]);
  });
});

describe('the workflow bundle stays small and deterministic', () => {
  /** Every file whose code is in the bundle. */
  function bundled(entry: string): { files: Set<string>; packages: Set<string> } {
    const files = new Set([entry]);
    const packages = new Set<string>();
    for (const file of files) {
      for (const { to, isPackage, typeOnly } of importsOf(file)) {
        if (typeOnly) continue;
        if (isPackage) packages.add(to);
        else files.add(to);
      }
    }
    return { files, packages };
  }

  it('holds the cohort, the journey and the back-off, and no package but @temporalio/workflow', () => {
    const { files, packages } = bundled('workflows/cohort.ts');
    const others = [...files].filter((path) => !/^workflows\/(cohort\.ts$|cohort\/|journey\/)/.test(path));
    expect(others).toEqual(['language/time/backoff.ts']);
    expect([...packages]).toEqual(['@temporalio/workflow']);
    expect(files).toContain('workflows/journey/reduce.ts');
  });

  it('knows no step and no condition: what a journey does is read by activities', () => {
    const { files } = bundled('workflows/cohort.ts');
    expect([...files].filter((path) => path.startsWith('steps/'))).toEqual([]);
  });
});

describe('the core decides, and touches nothing', () => {
  const CORE = /^(events|triggers|workflows|steps|evaluation)\//;
  /** `discover` lists a folder of ours when the program starts; hashing is arithmetic. */
  const PURE = new Set(['big.js', 'zod', '@temporalio/workflow']);

  it('imports no clock, no network, no file system and no client of a server', () => {
    const imports = writtenFiles(/\.ts$/)
      .filter((path) => CORE.test(path))
      .flatMap(importsOf);
    const wrong = imports.filter(({ isPackage, to }) => isPackage && !PURE.has(to));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('asks for no time of its own', () => {
    const clock = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(/;
    // The cohort runs in Temporal's sandbox, where the clock is the history's.
    const files = writtenFiles(/\.ts$/).filter((path) => CORE.test(path) && !/^workflows\/cohort/.test(path));
    expect(files.filter((path) => clock.test(textOf(path)))).toEqual([]);
  });
});
