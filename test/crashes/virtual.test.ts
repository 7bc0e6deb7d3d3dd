/** The same in virtual time, without what leaves the house: many more of them. `npm run simulate -- --crashes N` plays N. */
import { describe, expect, it } from 'vitest';
import { drawnWorkspace } from '../../simulate/crashes/compile.ts';
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
