/** Answers that are asked for again and again: histories stand on few instants. */

/** As many are kept of one kind; then it begins anew. */
const MOST = 200_000;

export function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    if (known.size >= MOST) known.clear();
    known.set(key, (value = make()));
  }
  return value;
}
