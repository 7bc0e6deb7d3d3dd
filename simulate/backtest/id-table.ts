/** Which texts have come before, in 22 to 43 bytes each, in memory that threads may share. */
import { hash } from 'node:crypto';

/** A place holds 96 bits of a hash; two of a billion texts share them once in 10^11 runs. */
const FIRST_PLACES = 1 << 10;
const MAX_TAKEN = 0.75;

/** What a table keeps: shared by whoever is given it. */
export interface IdPlaces {
  high: Float64Array;
  low: Float64Array;
}

/** The first 96 bits of a text's hash, as two numbers. */
export function hashOf(text: string): [high: number, low: number] {
  const digest = hash('sha1', text, 'buffer');
  return [digest.readUIntBE(0, 6), digest.readUIntBE(6, 6)];
}

export class IdTable {
  #places: IdPlaces;
  #used = 0;

  /** @param places of another table, to be read and not added to */
  constructor(places: IdPlaces = freePlaces(FIRST_PLACES)) {
    this.#places = places;
  }

  get places(): IdPlaces {
    return this.#places;
  }

  has(text: string): boolean {
    const [high, low] = hashOf(text);
    return this.#places.high[this.#find(high + 1, low)] !== 0;
  }

  /** @returns false where the text came before */
  add(text: string): boolean {
    return this.addHash(...hashOf(text));
  }

  addHash(first: number, low: number): boolean {
    // 0 marks a free place.
    const high = first + 1;
    const place = this.#find(high, low);
    if (this.#places.high[place] !== 0) return false;
    this.#places.high[place] = high;
    this.#places.low[place] = low;
    this.#used += 1;
    if (this.#used >= this.#places.high.length * MAX_TAKEN) this.#grow();
    return true;
  }

  #find(high: number, low: number): number {
    const { high: highs, low: lows } = this.#places;
    let place = high % highs.length;
    while (highs[place] !== 0 && (highs[place] !== high || lows[place] !== low)) place = (place + 1) % highs.length;
    return place;
  }

  #grow(): void {
    const { high, low } = this.#places;
    this.#places = freePlaces(high.length * 2);
    for (let i = 0; i < high.length; i++) {
      if (high[i] === 0) continue;
      const place = this.#find(high[i]!, low[i]!);
      this.#places.high[place] = high[i]!;
      this.#places.low[place] = low[i]!;
    }
  }
}

function freePlaces(count: number): IdPlaces {
  const shared = () => new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
  return { high: shared(), low: shared() };
}
