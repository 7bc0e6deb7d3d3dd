/** The oracle stands apart from what it judges; each mutant has its one place, however the code around it is written. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mutants } from '../../simulate/oracle/mutants/list.ts';
import { codeOf } from '../../simulate/oracle/mutants/pattern.ts';
import { type Module, modulesOf, mutated, placeOf } from '../../simulate/oracle/mutants/place.ts';
import { SIMULATED, tryMutants } from '../../simulate/oracle/mutants/try.ts';
import { rules } from '../../simulate/oracle/rules.ts';
import { importsOf, ROOT, writtenFiles } from '../structure/sources.ts';
import { laidOutAnew, withLocalsIn, withOtherLocals } from './rewrite.ts';

const BUILD = join(ROOT, 'dist');
const oracle = writtenFiles(/\.ts$/, 'simulate/oracle');
/** What plays the machine; everything else is the oracle and what is drawn for it. */
const MACHINE = /\/((machine|late|check|worker|threads|simulate|command)\.ts|mutants\/[^/]+)$/;

describe('the oracle shares no code with the engine', () => {
  it('imports nothing of triggers, and nothing of language', () => {
    const apart = oracle.filter((path) => !MACHINE.test(path));
    expect(apart.length).toBeGreaterThan(15);
    const imports = apart
      .flatMap(importsOf)
      .filter(({ to, isPackage }) => !isPackage && !to.startsWith('simulate/oracle/'));
    expect(imports.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
    expect(apart.flatMap(importsOf).filter(({ to }) => MACHINE.test(`/${to}`))).toEqual([]);
  });
});

describe('mutants', () => {
  let modules: Module[];

  beforeAll(async () => {
    modules = await modulesOf(BUILD, SIMULATED);
  });

  it.each(mutants.map((mutant) => [`${mutant.rule}: ${mutant.name}`, mutant] as const))('%s', (_, mutant) => {
    const place = placeOf(mutant, modules);
    const broken = mutated(mutant, place);
    expect(broken).not.toBe(place.module.text);
    expect(() => codeOf(broken)).not.toThrow();
  });

  const rewritten: [string, (module: Module) => Partial<Module>][] = [
    ['locals have other names', (module) => withOtherLocals(module)],
    ['locals are read from one object', (module) => withLocalsIn(module, 'context')],
    ['lines are laid out in another way', (module) => laidOutAnew(module)],
    ['files have other paths', ({ path }) => ({ path: `moved/${path.replaceAll('/', '-')}` })],
  ];
  it.each(rewritten)('all keep their place when %s', (_, rewrite) => {
    const others = modules.map((module) => ({ ...module, ...rewrite(module) }));
    expect(others).not.toEqual(modules);
    expect(mutants.flatMap((mutant) => lossOf(mutant, others))).toEqual([]);
  });

  it('there is one at least for every rule that is simulated', () => {
    const named = new Set(mutants.map(({ rule }) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !rules.some((rule) => rule.name === name))).toEqual([]);
  });

  it('the oracle notices one of each rule that is quick to simulate, and nothing where nothing is broken', async () => {
    const quick = ['event', 'shortfall', 'inactivity', 'date', 'turning', 'holdout'];
    const broken = quick.map((name) => mutants.find(({ rule }) => rule === name)!);
    const harmless = { ...broken[0]!, name: 'what changes nothing', replacement: '$this' };
    const tried = await tryMutants({ build: BUILD, mutants: [...broken, harmless], seed: 1, cases: 2 });
    const unnoticed = tried.filter(({ noticed }) => !noticed);
    expect(unnoticed.map(({ mutant, told }) => `${mutant.name}: ${told}`)).toEqual([
      'what changes nothing: no difference in 80 histories',
    ]);
    // Noticed is a difference to the rules, not a build that does not run.
    for (const { noticed, told } of tried) if (noticed) expect(told).toMatch(/^after \d+ histories$/);
  }, 180_000);
});

function lossOf(mutant: (typeof mutants)[number], modules: readonly Module[]): string[] {
  try {
    placeOf(mutant, modules);
    return [];
  } catch (error) {
    return [`${mutant.name}: ${(error as Error).message}`];
  }
}
