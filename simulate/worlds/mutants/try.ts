/** Runs the test that a mutant names on a build that is broken as the mutant says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modulesOf, mutated, placeOf } from '../../oracle/mutants/place.ts';
import { SIMULATED, type Tried } from '../../oracle/mutants/try.ts';
import type { TestedMutant } from './list.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** Mutants are in these. */
export const TESTED = [...SIMULATED, 'evaluator', 'simulate/world', 'simulate/entry', 'simulate/journeys'];
/** A mutant may make a test endless: no end for so long counts as noticed. */
const MAX_MS = 600_000;
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');

/** @throws Error when a mutant has no place, or a test fails without one */
export async function tryTested(
  { build, mutants }: { build: string; mutants: readonly TestedMutant[] },
  onTried?: (tried: Tried) => void,
): Promise<Tried[]> {
  const modules = await modulesOf(build, TESTED);
  const changes = mutants.map((mutant) => ({ mutant, place: placeOf(mutant, modules) }));
  const folder = await mkdtemp(join(tmpdir(), 'cuebook-tested-'));
  const tried: Tried[] = [];
  try {
    for (const { mutant, place } of changes) {
      const { path, text } = place.module;
      // What fails without a mutant says nothing about one that does.
      const whole = await fails(folder, { path, text }, mutant.by);
      const told = whole ? `${mutant.by} fails without a mutant` : undefined;
      const noticed = !whole && (await fails(folder, { path, text: mutated(mutant, place) }, mutant.by));
      tried.push({ mutant, noticed, told: told ?? `${mutant.by} ${noticed ? 'fails' : 'passes'}` });
      onTried?.(tried.at(-1)!);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return tried;
}

/** Whether a test fails with another text of one module. */
async function fails(folder: string, module: { path: string; text: string }, test: string): Promise<boolean> {
  const file = join(folder, 'module.json');
  await writeFile(file, JSON.stringify(module));
  const args = [VITEST, 'run', test, '--config', 'test/worlds/mutant-config.ts', '--maxWorkers=1'];
  const env = { ...process.env, CUEBOOK_MUTANT: file };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  return code !== 0;
}
