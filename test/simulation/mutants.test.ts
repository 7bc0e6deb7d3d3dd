/** The oracle stands apart from what it judges, and what is broken on purpose can be broken. */
import { describe, expect, it } from 'vitest';
import { mutants } from '../../simulate/oracle/mutants.ts';
import { rules } from '../../simulate/oracle/rules.ts';
import { importsOf, textOf, writtenFiles } from '../structure/sources.ts';

const oracle = writtenFiles(/\.ts$/, 'simulate/oracle');
/** What plays the machine; everything else is the oracle and what is drawn for it. */
const MACHINE = /\/(machine|late|check|worker|threads|simulate|command|mutate|mutants)\.ts$/;

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
  it.each(mutants.map((mutant) => [`${mutant.rule}: ${mutant.name}`, mutant] as const))('%s', (_, mutant) => {
    expect(textOf(mutant.file).split(mutant.text)).toHaveLength(2);
    expect(mutant.replacement).not.toBe(mutant.text);
  });

  it('there is one at least for every rule that is simulated', () => {
    const named = new Set(mutants.map(({ rule }) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !rules.some((rule) => rule.name === name))).toEqual([]);
  });
});
