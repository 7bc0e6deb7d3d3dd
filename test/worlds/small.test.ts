/**
 * Small worlds: up to five events over two names, two keys, two people and four instants, in every order of arrival and every
 * cut into requests. A sample in each run; `npm run simulate -- --small N` plays N of them, one in so many.
 */
import { describe, expect, it } from 'vitest';
import { smallPlaybooks } from '../../simulate/worlds/playbooks.ts';
import { countOf, MOST_EVENTS, smallHistory } from '../../simulate/worlds/small.ts';
import type { History } from '../../simulate/worlds/world.ts';
import { checkHistories } from './check.ts';

const HISTORIES = Number(process.env.SMALL ?? 40);
const SEED = Number(process.env.WORLDS_SEED ?? 1);
const SIDE_BY_SIDE = 1000;
/** 36 letters, in pairs; without those that name `k2` first; in two orders, or one of what is alike; each cut or not. */
const TAKEN_OF_TWO = 1_808;

/** All of up to two events, where there is room for them; then of each length as many, spread over all that there are. */
function* chosen(count: number): Generator<History> {
  const isWhole = count > 2_000;
  for (const length of isWhole ? [1, 2] : []) for (const history of whole(length)) yield history;
  yield* sampled(isWhole ? count - 28 - TAKEN_OF_TWO : count, isWhole ? 3 : 1);
}

function* whole(length: number): Generator<History> {
  for (let index = 0; index < countOf(length); index++) {
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
    const total = countOf(length);
    for (let index = Math.floor(place * total), tries = 0; tries < 5_000; tries++, index += 9_973) {
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
  for (let first = 0; first < all.length; first += SIDE_BY_SIDE) {
    const part = all.slice(first, first + SIDE_BY_SIDE);
    it(`${part.length} histories from ${first} on, seed ${SEED}`, { timeout: 1_800_000 }, async () => {
      const { firings, done, faults } = await checkHistories(smallPlaybooks(), part);
      if (process.env.SMALL) console.log(`${part.length} small histories, ${firings} firings, ${done} effects`);
      expect(faults.join('\n\n')).toBe('');
      expect(done).toBeGreaterThan(0);
    });
  }

  it('counts each history once: its own number, and no number of its doubles', () => {
    const words = new Set<string>();
    let taken = 0;
    for (let index = 0; index < countOf(2); index++) {
      const history = smallHistory(2, index);
      if (!history) continue;
      taken += 1;
      words.add(JSON.stringify(history));
    }
    expect(words.size).toBe(taken);
    expect(taken).toBe(TAKEN_OF_TWO);
  });
});
