/** Two lists beside each other: what both have, in order. */

/** Lists are compared pair by pair up to this many pairs; of longer ones what lies between their equal ends is all different. */
const MAX_PAIRS = 4_000_000;

/** The places of the longest row of items that both have: `[n in a, n in b]`, in order. */
export function commonPairs<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && isSame(a[start]!, b[start]!)) start += 1;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && isSame(a[endA - 1]!, b[endB - 1]!)) {
    endA -= 1;
    endB -= 1;
  }
  const before = Array.from({ length: start }, (_, n): [number, number] => [n, n]);
  const after = Array.from({ length: a.length - endA }, (_, n): [number, number] => [endA + n, endB + n]);
  const inner = between(a.slice(start, endA), b.slice(start, endB), isSame);
  return [...before, ...inner.map(([i, j]): [number, number] => [i + start, j + start]), ...after];
}

function between<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): [number, number][] {
  if (a.length * b.length > MAX_PAIRS) return [];
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i]![j] = isSame(a[i]!, b[j]!)
        ? lengths[i + 1]![j + 1]! + 1
        : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (isSame(a[i]!, b[j]!)) pairs.push([i++, j++]);
    else if (lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return pairs;
}
