/** Equal calls without a messageId in one file are several events, told apart by their number (semantics E2). */

/** Numbers the calls of one file: each hash counts from 0. */
export function occurrences(): (hash: string) => number {
  const seen = new Map<string, number>();
  return (hash) => {
    const n = seen.get(hash) ?? 0;
    seen.set(hash, n + 1);
    return n;
  };
}
