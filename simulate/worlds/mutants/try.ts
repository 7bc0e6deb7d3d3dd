/** Runs the test that a mutant names on a build that is broken as the mutant says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { modulesOf, mutated, placeOf } from '../../oracle/mutants/place.ts';
import { SIMULATED, type Tried } from '../../oracle/mutants/try.ts';
import type { TestedMutant } from './list.ts';

/** Mutants are in these. */
export const TESTED = [...SIMULATED, 'evaluator', 'simulate/world', 'simulate/entry', 'simulate/journeys'];
/** A mutant may make a test endless: no end for so long counts as noticed. */
const MAX_MS = 600_000;

/**
 * @param build the folder of the build, in that of the sources
 * @throws Error when a mutant has no place
 */
export async function tryTested(
  { build, mutants }: { build: string; mutants: readonly TestedMutant[] },
  onTried?: (tried: Tried) => void,
): Promise<Tried[]> {
  const root = dirname(build);
  const modules = await modulesOf(build, TESTED);
  const changes = mutants.map((mutant) => ({ mutant, place: placeOf(mutant, modules) }));
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-tested-'));
  const tried: Tried[] = [];
  try {
    for (const { mutant, place } of changes) {
      const { path, text } = place.module;
      // What fails without a mutant says nothing about one that does.
      const whole = await fails({ root, folder, by: mutant.by }, { path, text });
      const told = whole ? `${mutant.by} fails without a mutant` : undefined;
      const noticed = !whole && (await fails({ root, folder, by: mutant.by }, { path, text: mutated(mutant, place) }));
      tried.push({ mutant, noticed, told: told ?? `${mutant.by} ${noticed ? 'fails' : 'passes'}` });
      onTried?.(tried.at(-1)!);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return tried;
}

/** Whether a test fails with another text of one module. */
async function fails(
  { root, folder, by }: { root: string; folder: string; by: string },
  module: { path: string; text: string },
): Promise<boolean> {
  const file = join(folder, 'module.json');
  await writeFile(file, JSON.stringify(module));
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', by, '--config', 'test/worlds/mutant-config.ts', '--maxWorkers=1'];
  const env = { ...process.env, CUEBOOK_MUTANT: file };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  return code !== 0;
}
