/** The same in virtual time, without what leaves the house: many more of them. `npm run simulate -- --crashes N` plays N. */
import { describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { drawnWorkspace } from '../../simulate/crashes/compile.ts';
import { drawPlaybooks } from '../../simulate/crashes/playbooks.ts';
import { checkPoints, shippedStories } from '../../simulate/crashes/points.ts';
import { checkCrashes } from '../../simulate/crashes/virtual.ts';

describe('a journey that dies at any of its commands', () => {
  it('does the same as one that does not, each once', { timeout: 120_000 }, async () => {
    const seed = 1;
    const { runs, deaths, effects, faults } = checkCrashes(await drawnWorkspace(seed), {
      seed,
      people: 12,
      times: 4,
    });
    expect(faults.join('\n\n')).toBe('');
    expect({ runs, hasDied: deaths > runs, hasDone: effects > 60 }).toEqual({
      runs: 12 * 12 * 4,
      hasDied: true,
      hasDone: true,
    });
  });
});

describe('what is drawn', () => {
  it('has every step that there is', () => {
    const drawn = [1, 2, 3, 4].flatMap((seed) => drawPlaybooks(seed).map(({ text }) => text)).join('\n');
    const missing = registry.steps.map(({ kind }) => kind).filter((kind) => !drawn.includes(`"${kind}":`));
    expect(missing).toEqual([]);
  });
});

describe('a journey of each playbook that ships', () => {
  it('does the same if its process dies at any one of its commands', { timeout: 120_000 }, async () => {
    const stories = await shippedStories();
    const { commands, runs, faults } = checkPoints(stories, 1);
    expect(faults.join('\n\n')).toBe('');
    expect(stories.length).toBeGreaterThan(20);
    expect(commands).toBeGreaterThan(3 * stories.length);
    expect(runs).toBe(commands * 2);
  });
});
