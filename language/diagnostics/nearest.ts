/** "Did you mean …": the nearest of the names that are allowed. */

/** Longest name that is compared; longer ones are no slips of the finger. */
const MAX_CHARS = 64;
/** How many allowed names a hint lists. */
const MAX_LISTED = 24;

/**
 * Edits (insert, remove, change, swap of neighbours) that turn `a` into `b`, letters of either case alike.
 */
export function editDistance(a: string, b: string): number {
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, i) => i);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = last[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, change);
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        least = Math.min(least, beforeLast[j - 2]! + 1);
      }
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length]!;
}

/** The allowed name that is at most a third of its letters (one at least) away, if there is one. */
export function nearest(name: string, allowed: Iterable<string>): string | undefined {
  if (name.length > MAX_CHARS) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of allowed) {
    if (candidate.length > MAX_CHARS) continue;
    const distance = editDistance(name, candidate);
    if (distance > Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3))) continue;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint in words: the nearest name, else what is allowed. @param options `inOrder`: as they are given, by a rank that they have; `most`: how many are listed */
export function didYouMean(
  name: string,
  allowed: readonly string[],
  { inOrder = false, most = MAX_LISTED }: { inOrder?: boolean; most?: number } = {},
): string {
  const near = nearest(name, allowed);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (allowed.length === 0) return 'there are none';
  const listed = (inOrder ? [...allowed] : [...allowed].sort()).slice(0, most);
  const more = allowed.length > listed.length ? `, and ${allowed.length - listed.length} more` : '';
  return `allowed are ${listed.join(', ')}${more}`;
}
