/** Keeps what was read for a while, however many ask. */

/** @returns a reader that asks `read` at most once in `ms`; those that ask meanwhile get the same answer. */
export function cached<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let last: { atMs: number; value: Promise<T> } | undefined;
  let isReading = false;
  return () => {
    const nowMs = performance.now();
    if (last !== undefined && (isReading || nowMs - last.atMs <= ms)) return last.value;
    isReading = true;
    const value = read().finally(() => (isReading = false));
    last = { atMs: nowMs, value };
    // An error is for those that asked; the next one reads again.
    value.catch(() => (last = undefined));
    return value;
  };
}
