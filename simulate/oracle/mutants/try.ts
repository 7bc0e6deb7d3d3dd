/**
 * Each mutant changes one place in a copy of the build, and the simulation of the rule that it breaks must then find a
 * difference. One that is not noticed is a hole in the oracle or in the drawn histories.
 */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onEveryCore, type Played, Thread } from '../threads.ts';
import type { Mutant } from './list.ts';
import { modulesOf, mutated, type Place, placeOf } from './place.ts';

/** The folders that a simulation judges: mutants are in these. */
export const SIMULATED = ['language', 'measurement', 'events', 'triggers', 'workflows', 'steps', 'evaluation'];
const HISTORIES_PER_CASE = 40;
/** A mutant may make a walk endless: no answer for so long counts as noticed. */
const MAX_MS = 300_000;

export interface Trial {
  /** The build's root, next to `node_modules`. */
  build: string;
  mutants: readonly Mutant[];
  seed: number;
  /** Cases of each rule, of 40 histories each. */
  cases: number;
}

export interface Tried {
  mutant: Mutant;
  noticed: boolean;
  told: string;
}

/**
 * @param onTried called with how many of all have been tried
 * @throws Error when a mutant has no place
 */
export async function tryMutants(trial: Trial, onTried?: (done: number, all: number) => void): Promise<Tried[]> {
  const { build, mutants } = trial;
  const modules = await modulesOf(build, SIMULATED);
  const changes = mutants.map((mutant) => ({ mutant, place: placeOf(mutant, modules) }));
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-mutants-'));
  const copies: Promise<string>[] = [];
  const copyOf = (core: number) => (copies[core] ??= copyOfBuild(build, join(folder, String(core))));
  const tried = new Map<Mutant, Tried>();
  try {
    // What differs without a mutant says nothing about one that does.
    const wrong = new Map<string, string>();
    await onEveryCore([...new Set(mutants.map(({ rule }) => rule))], async (rule, core) => {
      const played = await playRule(rule, await copyOf(core), trial);
      if ('failed' in played) wrong.set(rule, `${rule} fails without a mutant: ${played.failed}`);
      else if (played.difference) wrong.set(rule, `${rule} differs without a mutant: ${played.difference.told}`);
    });
    await onEveryCore(changes, async (change, core) => {
      const { mutant } = change;
      const told = wrong.get(mutant.rule);
      tried.set(
        mutant,
        told === undefined ? await tryOne(change, await copyOf(core), trial) : { mutant, noticed: false, told },
      );
      onTried?.(tried.size, mutants.length);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return mutants.map((mutant) => tried.get(mutant)!);
}

async function copyOfBuild(build: string, to: string): Promise<string> {
  await mkdir(to);
  for (const folder of [...SIMULATED, 'simulate']) {
    await cp(join(build, folder), join(to, folder), { recursive: true, filter: (path) => !path.endsWith('.map') });
  }
  await writeFile(join(to, 'package.json'), '{"type":"module"}');
  await symlink(join(build, '..', 'node_modules'), join(to, 'node_modules'));
  return to;
}

interface Change {
  mutant: Mutant;
  place: Place;
}

async function tryOne({ mutant, place }: Change, copy: string, trial: Trial): Promise<Tried> {
  const path = join(copy, place.module.path);
  await writeFile(path, mutated(mutant, place));
  try {
    const played = await playRule(mutant.rule, copy, trial);
    if ('failed' in played) return { mutant, noticed: true, told: played.failed.split('\n')[0]! };
    const { histories, difference } = played;
    return difference
      ? { mutant, noticed: true, told: `after ${histories} histories` }
      : { mutant, noticed: false, told: `no difference in ${histories} histories` };
  } finally {
    await writeFile(path, place.module.text);
  }
}

/** In a thread of its own, which loads every module again: one of them may have changed. */
async function playRule(rule: string, build: string, { seed, cases }: Trial): Promise<Played> {
  const thread = new Thread(pathToFileURL(join(build, 'simulate/oracle/worker.js')));
  try {
    return await thread.play({ rule, seed, cases, historiesPerCase: HISTORIES_PER_CASE }, MAX_MS);
  } finally {
    await thread.end();
  }
}
