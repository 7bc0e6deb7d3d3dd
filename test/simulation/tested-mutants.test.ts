/** Mutants of what the oracle does not simulate: each has its one place, and the test that it names notices it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../../simulate/oracle/mutants/pattern.ts';
import { type Module, modulesOf, mutated, placeOf } from '../../simulate/oracle/mutants/place.ts';
import { testedMutants } from '../../simulate/worlds/mutants/list.ts';
import { TESTED, tryTested } from '../../simulate/worlds/mutants/try.ts';
import { ROOT } from '../structure/sources.ts';

const BUILD = join(ROOT, 'dist');

describe('mutants that tests notice', () => {
  let modules: Module[];

  beforeAll(async () => {
    modules = await modulesOf(BUILD, TESTED);
  });

  it.each(testedMutants.map((mutant) => [`${mutant.rule}: ${mutant.name}`, mutant] as const))('%s', (_, mutant) => {
    const place = placeOf(mutant, modules);
    const broken = mutated(mutant, place);
    expect(broken).not.toBe(place.module.text);
    expect(() => codeOf(broken)).not.toThrow();
    expect(existsSync(join(ROOT, mutant.by))).toBe(true);
  });

  it('one is noticed, and what changes nothing is not', async () => {
    const loop = testedMutants.find(({ rule }) => rule === 'N1')!;
    const harmless = { ...loop, name: 'what changes nothing', replacement: '$this' };
    const tried = await tryTested({ build: BUILD, mutants: [loop, harmless] });
    expect(tried.map(({ noticed }) => noticed)).toEqual([true, false]);
  }, 300_000);
});
