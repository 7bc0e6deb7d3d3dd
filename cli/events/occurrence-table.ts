import { Failure } from '../failure.ts';

/** A place holds the first 48 bits of a hash and a count, 12 bytes; at most three quarters of them are taken. */
const FIRST_PLACES = 1 << 16;
const MAX_CALLS = 24_000_000;

/**
 * Numbers equal calls of one file, as semantics E2 asks: each hash counts from 0. Bounded: a table of numbers instead of
 * texts, which grows to 400 MB at 24 million different calls without a messageId, and then refuses.
 *
 * Two hashes with the same first 48 bits share a count. Their ids stay different, since an id holds the whole hash, and
 * the same file always gives the same numbers: nothing is lost or stored twice.
 */
export function occurrenceTable(): (hash: string) => number {
  let keys = new Float64Array(FIRST_PLACES);
  let counts = new Uint32Array(FIRST_PLACES);
  let used = 0;

  const placeOf = (key: number): number => {
    let place = key % keys.length;
    while (keys[place] !== 0 && keys[place] !== key) place = (place + 1) % keys.length;
    return place;
  };
  const grow = (): void => {
    const [oldKeys, oldCounts] = [keys, counts];
    keys = new Float64Array(oldKeys.length * 2);
    counts = new Uint32Array(oldCounts.length * 2);
    for (let i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] === 0) continue;
      const place = placeOf(oldKeys[i]!);
      keys[place] = oldKeys[i]!;
      counts[place] = oldCounts[i]!;
    }
  };
  return (hash) => {
    // 0 marks a free place.
    const key = Number.parseInt(hash.slice(0, 12), 16) + 1;
    let place = placeOf(key);
    if (keys[place] === 0) {
      if (used >= MAX_CALLS) {
        const message = `The file has more than ${MAX_CALLS} different calls without a messageId.`;
        throw new Failure('TOO_MANY_UNNAMED', message, 'Give each event a messageId, or split the file.');
      }
      if (used >= keys.length * 0.75) {
        grow();
        place = placeOf(key);
      }
      keys[place] = key;
      used += 1;
    }
    const n = counts[place]!;
    counts[place] = n + 1;
    return n;
  };
}
