/** What the pages say is true: links lead somewhere, commands exist, examples compile and pass. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../cli/program.ts';
import { playbookShape, settingsShape } from '../../language/compile/shapes.ts';
import { runTest } from '../../simulate/tests/playbook-tests.ts';
import { compileOne, registry } from '../language/workspace.ts';
import { ROOT, textOf, writtenFiles } from '../structure/sources.ts';

const pages = writtenFiles(/\.md$/);
const scripts = (JSON.parse(textOf('package.json')) as { scripts: { [name: string]: string } }).scripts;

describe('links lead somewhere', () => {
  for (const page of pages) {
    it(page, () => {
      const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
      const inside = links.filter((link) => !/^(https?:|#)/.test(link));
      const missing = inside.filter((link) => {
        const [path, anchor] = normalize(join(dirname(page), link)).split('#');
        if (!existsSync(join(ROOT, path!))) return true;
        return anchor !== undefined && !anchorsOf(textOf(path!)).includes(anchor);
      });
      expect(missing).toEqual([]);
    });
  }

  function anchorsOf(text: string): string[] {
    const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!);
    return titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }
});

describe('walks through the code lead past files that exist', () => {
  const guide = textOf('docs/guide-engineers.md');
  const walks = guide.slice(guide.indexOf('## Four walks'), guide.indexOf('## Words')).split('\n### ').slice(1);
  /** What a stranger has the patience for. */
  const MAX_FILES = [25, 45, 25, 14];

  it('there are four, in files that can be opened', () => {
    const files = walks.map((walk) => walk.match(/^ *([a-z]+\/[\w./-]+\.ts)/gm) ?? []);
    expect(files.map((walk) => walk.length > 5)).toEqual([true, true, true, true]);
    expect(files.flat().filter((file) => !existsSync(join(ROOT, file.trim())))).toEqual([]);
    expect(files.map((walk, n) => walk.length <= MAX_FILES[n]!)).toEqual([true, true, true, true]);
  });

  it('no page holds a place where something is still to be written', () => {
    expect(pages.filter((page) => /^[A-Z]{3,}\d*$/m.test(textOf(page)))).toEqual([]);
  });
});

describe('commands that the pages name exist', () => {
  /** Part of the key of a cookie's signature. */
  const NO_COMMANDS = ['cuebook session'];

  /** Each `cuebook …` that a text names is a command, and has the options. */
  function expectCommands(program: Command, where: string, text: string, pattern: RegExp): void {
    for (const [line, name, inner] of text.matchAll(pattern)) {
      if (NO_COMMANDS.some((other) => line.startsWith(other))) continue;
      const outer = program.commands.find((one) => one.name() === name);
      expect(outer, `${where}: ${line}`).toBeDefined();
      const command = outer?.commands.find((one) => one.name() === inner) ?? outer;
      const known = command?.options.map(({ long }) => long);
      const [alone] = line.split('&&');
      const unknown = (alone!.match(/--[a-z-]+/g) ?? []).filter((option) => !known?.includes(option));
      expect(unknown, `${where}: ${line}`).toEqual([]);
    }
  }

  it('every `npx cuebook …` is a command, and has the options', async () => {
    const program = await buildProgram();
    for (const page of pages) {
      expectCommands(program, page, textOf(page), /npx cuebook ([a-z]+)(?: ([a-z]+))?[^\n`|]*/g);
    }
  });

  it('so is what the server’s pages, the command line’s messages and each help say', async () => {
    const program = await buildProgram();
    const code = writtenFiles(/\.ts$/).filter((path) => /^(server|cli)\//.test(path));
    for (const path of code) {
      expectCommands(program, path, textOf(path), /\bcuebook ([a-z]+)(?: ([a-z]+))?[^\n`'"<]*/g);
    }
    for (const command of program.commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) });
      command.outputHelp();
      expect(help, command.name()).toContain('npx cuebook');
      expectCommands(program, `cuebook ${command.name()} --help`, help, /npx cuebook ([a-z]+)(?: ([a-z]+))?[^\n]*/g);
    }
  });

  it('every `npm run …` is a script, and what a script runs is there or is built', () => {
    for (const page of pages) {
      for (const [line, name] of textOf(page).matchAll(/npm run (\w+)/g)) {
        expect(Object.keys(scripts), `${page}: ${line}`).toContain(name);
      }
    }
    const files = Object.values(scripts).flatMap((script) => script.match(/\b(scripts|dist)\/[\w/.-]+/g) ?? []);
    const sources = files.map((file) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
    expect(sources.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

describe('examples compile', () => {
  const pages = ['README.md', 'docs/guide-marketers.md', 'docs/recipes.md', 'docs/reference-for-authors.md'];
  const examples = pages.flatMap((page) =>
    [...textOf(page).matchAll(/```yaml\n(playbook:\s*(\S+)[\s\S]*?)```/g)].map(([, text, name]) => ({
      page,
      name: name!,
      text: text!,
    })),
  );

  /** Files that a page shows beside a playbook. */
  const beside = pages.flatMap((page) =>
    [...textOf(page).matchAll(/`((?:templates|sla|calendars)\/[\w.-]+)`:\n\n```(?:yaml)?\n([\s\S]*?)```/g)].map(
      ([, path, text]) => ({
        path: path!,
        text: text!,
      }),
    ),
  );

  it('each page has some', () => {
    expect([...new Set(examples.map(({ page }) => page))]).toEqual(pages);
  });

  for (const { page, name, text } of examples) {
    it(`${name} of ${page} has no fault, and passes its own tests`, () => {
      // A playbook of the same page may run another one of it.
      const others = examples
        .filter((one) => one.page === page && one.name !== name && /\brun: /.test(`${text}${one.text}`))
        .map((one) => ({ path: `${one.name}.yaml`, text: one.text }));
      const { diagnostics, versions, tests, workspace } = compileOne(text, { extra: [...beside, ...others] });
      expect(diagnostics.filter(({ file }) => file === `playbooks/${name}.yaml`)).toEqual([]);
      const version = versions.find(({ playbook }) => playbook.playbook === name);
      const own = tests.get(name) ?? [];
      if (/recipes|reference/.test(page)) expect(own).not.toEqual([]);
      expect(own.flatMap((test) => runTest(version!, test, workspace.people, { folder: versions }).faults)).toEqual([]);
    });
  }
});

describe('the reference for authors has every key', () => {
  const text = textOf('docs/reference-for-authors.md');
  const section = (title: string) => text.split(`\n## ${title}\n`)[1]!.split('\n## ')[0]!;
  const keysIn = (title: string) =>
    [...section(title).matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, key]) => key!),
    );

  it('of a playbook, and of the settings', () => {
    expect(keysIn('The keys of a playbook').sort()).toEqual(Object.keys(playbookShape.shape).sort());
    expect(keysIn('Settings').sort()).toEqual(Object.keys(settingsShape.shape).sort());
  });
});

describe('the rules are numbered once', () => {
  it('each rule of docs/semantics.md has one place', () => {
    const numbers = [...textOf('docs/semantics.md').matchAll(/^- \*\*([A-Z]\d+)\b/gm)].map(([, number]) => number!);
    expect(numbers.length).toBeGreaterThan(60);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('what the last section calls missing is missing, and the linter says so', () => {
    const rows = [...textOf('docs/semantics.md').matchAll(/^\| (conditions|steps|aggregates) \| (.+) \|$/gm)];
    const listed = new Map(
      rows.map(([, where, cell]) => [where, [...cell!.matchAll(/`(\w+)`/g)].map(([, word]) => word!)]),
    );
    const known = {
      conditions: registry.conditions.flatMap(({ keys }) => keys),
      steps: registry.steps.map(({ kind }) => kind),
      aggregates: registry.aggregates.map(({ kind }) => kind),
    };
    for (const [where, words] of Object.entries(known)) {
      expect(
        (listed.get(where) ?? []).filter((word) => words.includes(word)),
        where,
      ).toEqual([]);
    }
    const playbook = (step: string) => `playbook: p\ntrigger: { event: seen }\nsteps:\n  - ${step}\n`;
    for (const word of listed.get('steps') ?? []) {
      expect(compileOne(playbook(`${word}: something`)).diagnostics[0]?.code, word).toMatch(/^CB20[16]$/);
    }
  });

  it('rules that pages and code cite are there', () => {
    const known = new Set([...textOf('docs/semantics.md').matchAll(/\*\*([A-Z]\d+)\b/g)].map(([, number]) => number!));
    const cited = new Map<string, string>();
    for (const path of writtenFiles(/\.(ts|md)$/).filter((file) => !file.startsWith('test/'))) {
      for (const [, number] of textOf(path).matchAll(/\((?:rules? )?([YETNSPGLWV]\d{1,2})\b[^()]*\)/g)) {
        if (!known.has(number!)) cited.set(number!, path);
      }
    }
    expect([...cited]).toEqual([]);
  });
});
