/**
 * Mutants: each changes one text of the build in a copy of it, and the simulation of the rule that it breaks must then
 * find a difference. What is not noticed is a hole in the oracle or in what is drawn.
 */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Mutant, mutants } from './mutants.ts';
import { onEveryCore, type Played, Thread } from './threads.ts';

/** The build's own root, and what of it the simulation runs. */
const BUILD = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['language', 'events', 'triggers', 'workflows', 'steps', 'evaluation', 'simulate'];
const CASES = 160;
const HISTORIES_PER_CASE = 40;
/** A mutant may as well make a walk endless; what takes so long without an answer is noticed, too. */
const MAX_MS = 300_000;

export interface Tried {
  mutant: Mutant;
  noticed: boolean;
  told: string;
}

/** @param onTried told how many of all have been tried */
export async function tryMutants(seed: number, onTried: (done: number, all: number) => void): Promise<Tried[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-mutants-'));
  const copies = new Map<number, Promise<string>>();
  const tried = new Map<Mutant, Tried>();
  try {
    // What differs without a mutant says nothing about one that does.
    const unbroken = await copyOfBuild(join(folder, 'unbroken'));
    const wrong = new Map<string, string>();
    await onEveryCore([...new Set(mutants.map(({ rule }) => rule))], async (rule) => {
      const played = await playRule(rule, unbroken, seed);
      if ('failed' in played) wrong.set(rule, `${rule} fails without a mutant: ${played.failed}`);
      else if (played.difference) wrong.set(rule, `${rule} differs without a mutant: ${played.difference.told}`);
    });
    await onEveryCore(mutants, async (mutant, core) => {
      let copy = copies.get(core);
      if (!copy) copies.set(core, (copy = copyOfBuild(join(folder, String(core)))));
      const told = wrong.get(mutant.rule);
      tried.set(mutant, told === undefined ? await tryOne(mutant, await copy, seed) : { mutant, noticed: false, told });
      onTried(tried.size, mutants.length);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return mutants.map((mutant) => tried.get(mutant)!);
}

async function copyOfBuild(to: string): Promise<string> {
  await mkdir(to);
  for (const folder of FOLDERS) {
    await cp(join(BUILD, folder), join(to, folder), { recursive: true, filter: (path) => !path.endsWith('.map') });
  }
  await writeFile(join(to, 'package.json'), '{"type":"module"}');
  await symlink(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(to, 'node_modules'));
  return to;
}

async function tryOne(mutant: Mutant, build: string, seed: number): Promise<Tried> {
  const path = join(build, mutant.file.replace(/\.ts$/, '.js'));
  const text = await readFile(path, 'utf8');
  const found = text.split(mutant.text).length - 1;
  if (found !== 1) {
    return {
      mutant,
      noticed: false,
      told: `its text is found ${found} times in ${mutant.file}: write one that is there once`,
    };
  }
  // As a function, so that `$` in the replacement is a `$`.
  await writeFile(
    path,
    text.replace(mutant.text, () => mutant.replacement),
  );
  try {
    const played = await playRule(mutant.rule, build, seed);
    if ('failed' in played) return { mutant, noticed: true, told: played.failed.split('\n')[0]! };
    const { histories, difference } = played;
    return difference
      ? { mutant, noticed: true, told: `after ${histories} histories` }
      : { mutant, noticed: false, told: `no difference in ${histories} histories` };
  } finally {
    await writeFile(path, text);
  }
}

/** In a thread of its own: a module that was changed must be read anew. */
async function playRule(rule: string, build: string, seed: number): Promise<Played> {
  const thread = new Thread(pathToFileURL(join(build, 'simulate/oracle/worker.js')));
  try {
    return await thread.play({ rule, seed, cases: CASES, historiesPerCase: HISTORIES_PER_CASE }, MAX_MS);
  } finally {
    await thread.end();
  }
}
