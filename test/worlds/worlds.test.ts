/**
 * Any history gives the same as a test, as a backtest of a file and of the store, and live: what is fired, decided, done and
 * how it ends, from what is written or sent. `npm run simulate -- --worlds N` plays many.
 */
import { describe, expect, it } from 'vitest';
import { drawHistory } from '../../simulate/worlds/draw.ts';
import { drawPlaybooks } from '../../simulate/worlds/playbooks.ts';
import { checkHistories } from './check.ts';
import { shareOf, toldAtOnce } from './shared.ts';

const SEED = Number(process.env.WORLDS_SEED ?? 1);
const HISTORIES = Number(process.env.WORLDS ?? 16);
/** Histories that stand in one store, and meet the same playbooks: a store costs as much as some hundred histories. */
const SIDE_BY_SIDE = 1_000;

describe('a history gives the same every way it is played', () => {
  const stores = Array.from({ length: Math.ceil(HISTORIES / SIDE_BY_SIDE) }, (_, store) => store);
  for (const store of shareOf(stores)) {
    const count = Math.min(SIDE_BY_SIDE, HISTORIES - store * SIDE_BY_SIDE);
    it(`${count} histories, playbooks ${SEED + store}`, { timeout: 7_200_000 }, async () => {
      const begunMs = performance.now();
      const histories = Array.from({ length: count }, (_, n) =>
        drawHistory((SEED + store) * 100_000 + n, { inTime: n % 2 === 0 }),
      );
      const { firings, done, faults } = await toldAtOnce(checkHistories(drawPlaybooks(SEED + store), histories));
      const seconds = Math.round((performance.now() - begunMs) / 1_000);
      if (process.env.WORLDS)
        console.log(`playbooks ${SEED + store}: ${count} histories, ${firings} firings, ${done} effects, ${seconds} s`);
      expect(faults.join('\n\n')).toBe('');
      expect(done).toBeGreaterThan(count);
    });
  }
});
