/** Which message ids have come before, in 14 to 28 bytes each: a year of events fits into memory. */
import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';

/** A place holds 104 bits of a hash; two of a billion ids share them once in 10^13 runs. */
const FIRST_PLACES = 1 << 16;
const MOST_IDS = 48_000_000;

/** Remembers ids, and says of each whether it is new. Ids are unique within a source (E2). */
export class IdTable {
  #high = new Float64Array(FIRST_PLACES);
  #low = new Float64Array(FIRST_PLACES);
  #used = 0;

  /** @returns false where the id came before */
  add(id: string): boolean {
    const hash = createHash('sha1').update(id).digest();
    // 0 marks a free place.
    const high = hash.readUIntBE(0, 6) + 1;
    const low = hash.readUIntBE(6, 6);
    let place = this.#find(high, low);
    if (this.#high[place] !== 0) return false;
    if (this.#used >= MOST_IDS) {
      const message = `The input has more than ${MOST_IDS} events.`;
      throw new Failure('TOO_MANY_EVENTS', message, 'Give a shorter span, or fewer files.');
    }
    if (this.#used >= this.#high.length * 0.75) {
      this.#grow();
      place = this.#find(high, low);
    }
    this.#high[place] = high;
    this.#low[place] = low;
    this.#used += 1;
    return true;
  }

  #find(high: number, low: number): number {
    let place = high % this.#high.length;
    while (this.#high[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low)) {
      place = (place + 1) % this.#high.length;
    }
    return place;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Float64Array(high.length * 2);
    this.#low = new Float64Array(high.length * 2);
    for (let i = 0; i < high.length; i++) {
      if (high[i] === 0) continue;
      const place = this.#find(high[i]!, low[i]!);
      this.#high[place] = high[i]!;
      this.#low[place] = low[i]!;
    }
  }
}
