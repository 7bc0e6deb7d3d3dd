import { describe, expect, it } from 'vitest';
import { backoff } from '../../language/time/backoff.ts';

describe('a back-off', () => {
  it('waits twice as long after each failure in a row, up to its longest pause', () => {
    const pauseMsAfter = backoff({ firstMs: 100, maxMs: 5_000 });
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(pauseMsAfter)).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  it('stays at its longest pause however many failures there are', () => {
    expect(backoff({ firstMs: 1, maxMs: 60_000 })(5_000)).toBe(60_000);
  });
});
