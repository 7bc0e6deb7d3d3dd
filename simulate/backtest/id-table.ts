/** Which texts have come before. */
import { hash } from 'node:crypto';
import { HashTable, type Places } from './hash-table.ts';

export type IdPlaces = Places;

/** By the first 96 bits of their hashes: two of a billion texts share them once in 10^11 runs. */
export class IdTable {
  readonly #table: HashTable;

  /** @param places of another table, to be read and not added to */
  constructor(places?: IdPlaces) {
    this.#table = new HashTable(places);
  }

  get places(): IdPlaces {
    return this.#table.places;
  }

  has(text: string): boolean {
    return !this.#table.isFree(this.#table.placeOf(...hashOf(text)));
  }

  /** @returns false where the text came before */
  add(text: string): boolean {
    return this.addHash(...hashOf(text));
  }

  addHash(high: number, low: number): boolean {
    const place = this.#table.placeOf(high, low);
    if (!this.#table.isFree(place)) return false;
    this.#table.take(place, high, low);
    return true;
  }
}

/** The first 96 bits of a text's hash, as two numbers. */
function hashOf(text: string): [high: number, low: number] {
  const digest = hash('sha1', text, 'buffer');
  return [digest.readUIntBE(0, 6), digest.readUIntBE(6, 6)];
}
