/** Hashes with a number each, in typed arrays that threads may share: 21 to 43 bytes each, by open addressing. */

const FIRST_PLACES = 1 << 10;
const MAX_TAKEN = 0.75;

export interface Places {
  /** Keys, increased by one: 0 marks a free place. */
  keys: Float64Array;
  numbers: Float64Array;
}

export class HashTable {
  places: Places;
  #taken = 0;

  /** @param places of another table, to be read and not added to */
  constructor(places: Places = freePlaces(FIRST_PLACES)) {
    this.places = places;
  }

  get size(): number {
    return this.#taken;
  }

  isFree(place: number): boolean {
    return this.places.keys[place] === 0;
  }

  /**
   * The place of a key, or the free one that it would take.
   * @param key a whole number below 2^48
   * @param number where equal keys are told apart by their numbers
   */
  placeOf(key: number, number?: number): number {
    const { keys, numbers } = this.places;
    const mark = key + 1;
    let place = mark % keys.length;
    while (keys[place] !== 0 && (keys[place] !== mark || (number !== undefined && numbers[place] !== number))) {
      place = (place + 1) % keys.length;
    }
    return place;
  }

  /** @param place a free one, from `placeOf` */
  take(place: number, key: number, number: number): void {
    this.places.keys[place] = key + 1;
    this.places.numbers[place] = number;
    this.#taken += 1;
    if (this.#taken >= this.places.keys.length * MAX_TAKEN) this.#grow();
  }

  #grow(): void {
    const { keys, numbers } = this.places;
    this.places = freePlaces(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const place = this.placeOf(keys[i]! - 1, numbers[i]!);
      this.places.keys[place] = keys[i]!;
      this.places.numbers[place] = numbers[i]!;
    }
  }
}

function freePlaces(count: number): Places {
  const shared = () => new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
  return { keys: shared(), numbers: shared() };
}
