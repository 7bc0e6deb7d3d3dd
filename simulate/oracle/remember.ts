/** Answers that are needed again and again: histories have few instants. */

/** How many are kept of one kind; then all are dropped. */
const MOST = 200_000;

export function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= MOST) known.clear();
    known.set(key, (value = make()));
  }
  return value;
}
