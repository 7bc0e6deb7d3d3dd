/** `lint FILE` says of a file what `lint FOLDER` says of it; `--fix` mends what can only be meant, and nothing else. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixPlaybooks } from '../../cli/playbooks/fix.ts';
import { readPlaybooks } from '../../cli/playbooks/read.ts';
import type { Diagnostic } from '../../language/diagnostics/diagnostics.ts';
import { randomOf } from '../../simulate/random.ts';
import { FOLDER } from '../language/workspace.ts';

/** Each look at a file compiles its folder. */
const MANY_COMPILATIONS_MS = 120_000;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lint-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function compared(folder: string, shown: string, only: readonly string[]): Promise<string[]> {
  const whole = await readPlaybooks({ folder, shown });
  const differing: string[] = [];
  for (const path of only) {
    const file = `${shown}/${path}`;
    const { diagnostics } = await readPlaybooks({ folder, shown, only: [path] });
    const of = (all: readonly { file: string }[]) => JSON.stringify(all.filter((one) => one.file === file));
    if (of(diagnostics) !== of(whole.diagnostics)) differing.push(path);
  }
  return differing;
}

/** What stands around the playbooks of a folder, and none of them. */
function isAround(path: string): boolean {
  const [, inner = ''] = path.split(/playbooks\/?/).slice(-2);
  return !inner.startsWith('invalid') && (inner.includes('/') || !inner.endsWith('.yaml') || inner === 'settings.yaml');
}

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1));
  return files.filter((path) => !path.startsWith('invalid/')).sort();
}

describe('a file is told what its folder tells of it', { timeout: MANY_COMPILATIONS_MS }, () => {
  it('in the folder that ships', async () => {
    const folder = FOLDER.replace(/\/$/, '');
    const random = randomOf(1, 'shipped');
    const some = (await filesBelow(folder)).filter(() => random.chance(0.1));
    expect(await compared(folder, 'playbooks', some)).toEqual([]);
  });

  it('each example of a fault alone, and all of them together', async () => {
    const folder = FOLDER.replace(/\/$/, '');
    const names = (await readdir(join(folder, 'invalid'))).map((name) => `invalid/${name}`);
    const whole = await readPlaybooks({ folder, shown: 'playbooks', only: ['invalid/'] });
    const random = randomOf(1, 'invalid');
    const some = names.filter(() => random.chance(0.05));
    const differing: string[] = [];
    for (const path of some) {
      const alone = await readPlaybooks({ folder, shown: 'playbooks', only: [path] });
      // A hint may list the playbooks around it, which are others then.
      const of = (all: readonly Diagnostic[]) =>
        JSON.stringify(
          all.flatMap((one) => (one.file === `playbooks/${path}` ? [[one.line, one.code, one.message]] : [])),
        );
      if (of(alone.diagnostics) !== of(whole.diagnostics)) differing.push(path);
    }
    expect(differing).toEqual([]);
  });

  it.each([1, 2])('in a drawn folder of playbooks with faults: %i', async (seed) => {
    const random = randomOf(seed, 'folder');
    const folder = join(root, `drawn-${seed}`);
    await cp(FOLDER, folder, { recursive: true, filter: isAround });
    const drawn = (await readdir(join(FOLDER, 'invalid'))).filter(() => random.chance(0.06));
    for (const name of drawn) await cp(join(FOLDER, 'invalid', name), join(folder, name));
    const others = (await filesBelow(folder)).filter((path) => !drawn.includes(path) && random.chance(0.1));
    expect(await compared(folder, 'drawn', [...drawn, ...others])).toEqual([]);
  });
});

describe('--fix', { timeout: MANY_COMPILATIONS_MS }, () => {
  async function fixed(text: string): Promise<{ text: string; count: number; codes: string[] }> {
    const folder = await mkdtemp(join(root, 'fix-'));
    await mkdir(join(folder, 'segments'));
    await cp(join(FOLDER, 'people'), join(folder, 'people'), { recursive: true });
    await writeFile(
      join(folder, 'segments/contacts.yaml'),
      'subject: contact\nsegments: { vip: contact.spent > 100 }\n',
    );
    await writeFile(join(folder, 'p.yaml'), text);
    const { read, mended } = await fixPlaybooks({ folder, shown: 'books' });
    expect(await readdir(folder)).toEqual(['p.yaml', 'people', 'segments']);
    return {
      text: await readFile(join(folder, 'p.yaml'), 'utf8'),
      count: mended.get('books/p.yaml') ?? 0,
      codes: read.diagnostics.map(({ code }) => code),
    };
  }
  const playbook = (audience: string, step = 'record: a') =>
    `playbook: p\ntrigger: { event: order.completed }\naudience: ${audience}\nsteps:\n  - ${step}\n`;

  it('writes what a fault can only have meant, in the quotes that stand there', async () => {
    for (const [before, after] of [
      ['contact.nick == null', '"!has(contact.nick)"'],
      ['"contact.nick == null && contact.age > 5"', '"!has(contact.nick) && contact.age > 5"'],
      ['contact.age > 5 && contact.nick == null', 'contact.age > 5 && !has(contact.nick)'],
      ['\'contact.age > "5"\'', "'contact.age > 5'"],
      ['contact.vip', 'in_segment("vip")'],
    ] as const) {
      expect(await fixed(playbook(before))).toEqual({ text: playbook(after), count: 1, codes: [] });
    }
  });

  it('in lists, texts and links', async () => {
    const task = (title: string) => playbook('contact.age > 5', `task: ${title}\n    assign: kim\n    due: 1d`);
    expect((await fixed(task('contact.name'))).text).toBe(task('"{{ contact.name }}"'));
    const link = (value: string) => task(`"See https://crm.example/?mail={{ ${value} }}"`);
    expect((await fixed(link('contact.email'))).text).toBe(link('url contact.email'));
    const events = playbook('contact.age > 5').replace('order.completed', '"order.completed, order.paid"');
    expect((await fixed(events)).text).toContain('{ event: [order.completed, order.paid] }');
  });

  it('leaves alone what may be meant otherwise, and what would be a fault then', async () => {
    for (const text of [
      // Its double quotes have no room for others.
      playbook('"contact.vip && contact.age > 5"'),
      playbook('contact.age > 5', 'update: { contact.points: +5 }'),
      playbook('contact.age > 5', 'recrd: a'),
    ]) {
      expect(await fixed(text)).toMatchObject({ text, count: 0 });
    }
  });

  it('a second run finds nothing to do', async () => {
    const once = await fixed(playbook('contact.nick == null && contact.age > "5"'));
    expect(once.count).toBe(2);
    expect(await fixed(once.text)).toEqual({ ...once, count: 0 });
  });
});
