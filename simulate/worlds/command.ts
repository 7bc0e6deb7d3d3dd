/** Plays worlds, on every core: the live side is the tests' own, a PostgreSQL of the run, a stepped clock, a mail server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testedMutants } from './mutants/list.ts';
import { tryTested } from './mutants/try.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface AskedWorlds {
  /** Drawn histories. */
  worlds?: number | undefined;
  /** Histories of the small world. */
  small?: number | undefined;
  seed: number;
}

/** True when every mutant is noticed by the test that it names. */
export async function tested(): Promise<boolean> {
  const build = fileURLToPath(new URL('../../', import.meta.url));
  const tried = await tryTested({ build, mutants: testedMutants }, ({ mutant, noticed, told }) =>
    process.stdout.write(`${noticed ? 'noticed ' : 'SURVIVED'} ${mutant.rule.padEnd(12)} ${mutant.name}: ${told}\n`),
  );
  const found = tried.filter(({ noticed }) => noticed);
  process.stdout.write(`${found.length} of ${tried.length} mutants were noticed by tests\n`);
  return found.length === tried.length;
}

/** @returns whether nothing differed */
export async function playWorlds({ worlds, small, seed }: AskedWorlds): Promise<boolean> {
  const files = [...(worlds ? ['test/worlds/worlds.test.ts'] : []), ...(small ? ['test/worlds/small.test.ts'] : [])];
  return playTests(files, {
    WORLDS_SEED: `${seed}`,
    ...(worlds && { WORLDS: `${worlds}` }),
    ...(small && { SMALL: `${small}` }),
  });
}

/** Has tests play what they draw, on every core: each process plays its share of the stores. @returns whether all passed */
export async function playTests(files: readonly string[], asked: { [variable: string]: string }): Promise<boolean> {
  const processes = availableParallelism();
  const shares = Array.from({ length: processes }, (_, n) => `${n}/${processes}`);
  const held = await Promise.all(shares.map((share) => playShare(files, { ...asked, WORLDS_SHARE: share })));
  return held.every(Boolean);
}

async function playShare(files: readonly string[], asked: { [variable: string]: string }): Promise<boolean> {
  const env = { ...process.env, ...asked };
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = ['run', ...files, '--maxWorkers=1', '--passWithNoTests'];
  const child = spawn(process.execPath, [vitest, ...args], { cwd: ROOT, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}
