/** The latest `capacity` values by key; the one that was not asked for longest goes. */
export class Lru<V> {
  readonly #values = new Map<string, V>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value kept for `key`, else what `make` gives, kept from then on. */
  get(key: string, make: () => V): V {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = make();
      if (this.#values.size >= this.#capacity) this.#values.delete(this.#values.keys().next().value!);
    } else this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Forgets one key, so that the next `get` makes it anew. */
  forget(key: string): void {
    this.#values.delete(key);
  }
}
