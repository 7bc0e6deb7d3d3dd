/** The engine against an oracle that is written from the rules alone, over histories that chance draws. */
import { describe, expect, it } from 'vitest';
import { checkRule } from '../../simulate/oracle/check.ts';
import { rules } from '../../simulate/oracle/rules.ts';

const CASES = 24;
const HISTORIES = 16;

describe('what fires is what the rules say', () => {
  it.each(rules)(
    '$name ($of)',
    (rule) => {
      const { difference, firings, histories } = checkRule(rule, {
        seed: 1,
        cases: CASES,
        historiesPerCase: HISTORIES,
      });
      expect(difference?.told).toBeUndefined();
      expect(histories).toBe(CASES * HISTORIES);
      expect(firings).toBeGreaterThan(10);
    },
    60_000,
  );
});
