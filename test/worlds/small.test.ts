/**
 * Small worlds: up to five events over two names, two keys, two people and four instants, in every order of arrival and every
 * cut into requests. A sample in each run; `npm run simulate -- --small N` plays N of them, one in so many.
 */
import { describe, expect, it } from 'vitest';
import { smallPlaybooks } from '../../simulate/worlds/playbooks.ts';
import { MOST_EVENTS, numbersOf, smallHistory } from '../../simulate/worlds/small.ts';
import type { History } from '../../simulate/worlds/world.ts';
import { checkHistories } from './check.ts';
import { shareOf, toldAtOnce } from './shared.ts';

const HISTORIES = Number(process.env.SMALL ?? 40);
const SEED = Number(process.env.WORLDS_SEED ?? 1);
const SIDE_BY_SIDE = 1_000;
/** How many there are of one, two and three events; those of four (2,914,181) and five (182,866,396) are drawn. */
const TAKEN = [7, 623, 44_365];

/** All histories of as many events as there is room for; the rest is spread over all that there are of more. */
function* chosen(count: number): Generator<History> {
  let length = 1;
  for (let left = count; length <= TAKEN.length && left >= TAKEN[length - 1]!; length++) {
    left -= TAKEN[length - 1]!;
    yield* whole(length);
  }
  const taken = TAKEN.slice(0, length - 1).reduce((a, b) => a + b, 0);
  yield* sampled(count - taken, Math.min(length, MOST_EVENTS));
}

function* whole(length: number): Generator<History> {
  for (let index = 0; index < numbersOf(length); index++) {
    const history = smallHistory(length, index);
    if (history) yield history;
  }
}

/** Steps of about the golden section leave no choice out for long; from each, the next one that is no other's double. */
function* sampled(count: number, shortest: number): Generator<History> {
  let place = (SEED * 0.381966) % 1;
  for (let found = 0; found < count; ) {
    place = (place + 0.618034) % 1;
    const length = shortest + (found % (MOST_EVENTS - shortest + 1));
    const total = numbersOf(length);
    for (let index = Math.floor(place * total), tries = 0; tries < 20_000; tries++, index += 9_973) {
      const history = smallHistory(length, index % total);
      if (!history) continue;
      found += 1;
      yield history;
      break;
    }
    place = (place + found * 1e-7) % 1;
  }
}

describe('small worlds give the same in every order and every cut', () => {
  const all = [...chosen(HISTORIES)];
  const stores = Array.from({ length: Math.ceil(all.length / SIDE_BY_SIDE) }, (_, n) => n * SIDE_BY_SIDE);
  for (const first of shareOf(stores)) {
    const part = all.slice(first, first + SIDE_BY_SIDE);
    it(`${part.length} histories from ${first} on, seed ${SEED}`, { timeout: 7_200_000 }, async () => {
      const begunMs = performance.now();
      const { firings, done, faults } = await toldAtOnce(checkHistories(smallPlaybooks(), part));
      const seconds = Math.round((performance.now() - begunMs) / 1_000);
      const figures = `${firings} firings, ${done} effects, ${seconds} s`;
      if (process.env.SMALL) console.log(`${part.length} small histories from ${first} on: ${figures}`);
      expect(faults.join('\n\n')).toBe('');
      expect(done).toBeGreaterThan(0);
    });
  }

  it('counts each history once: its own number, and no number of its doubles', () => {
    for (const [n, count] of TAKEN.entries()) {
      const words = [...whole(n + 1)].map((history) => JSON.stringify(history));
      expect(new Set(words).size).toBe(words.length);
      expect(words).toHaveLength(count);
    }
  });
});
