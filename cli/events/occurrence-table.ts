import { HashTable } from '../../simulate/backtest/hash-table.ts';
import { Failure } from '../failure.ts';

const MAX_CALLS = 24_000_000;

/**
 * Numbers equal calls of one file, as semantics E2 asks: each hash counts from 0. Bounded: a table of numbers instead of
 * texts, which grows to 540 MB at 24 million different calls without a messageId, and then refuses.
 *
 * Two hashes with the same first 48 bits share a count. Their ids stay different, since an id holds the whole hash, and
 * the same file always gives the same numbers: nothing is lost or stored twice.
 */
export function occurrenceTable(): (hash: string) => number {
  const counts = new HashTable();
  return (hash) => {
    const key = Number.parseInt(hash.slice(0, 12), 16);
    const place = counts.placeOf(key);
    if (!counts.isFree(place)) {
      const n = counts.places.numbers[place]!;
      counts.places.numbers[place] = n + 1;
      return n;
    }
    if (counts.size >= MAX_CALLS) {
      const message = `The file has more than ${MAX_CALLS} different calls without a messageId.`;
      throw new Failure('TOO_MANY_UNNAMED', message, 'Give each event a messageId, or split the file.');
    }
    counts.take(place, key, 1);
    return 0;
  };
}
