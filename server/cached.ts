/** Keeps what was read for a while, however many ask. */

export interface Cached<T> {
  /** Reads at most once in a while; those that ask meanwhile get the same answer. */
  (): Promise<T>;
  /** What was read is no longer so: the next one reads again, and what is being read is kept for nobody. */
  forget(): void;
}

interface Kept<T> {
  atMs: number;
  isReading: boolean;
  value: Promise<T>;
}

/** @param ms how long what was read is kept */
export function cached<T>(ms: number, read: () => Promise<T>): Cached<T> {
  let last: Kept<T> | undefined;
  const ask = (): Promise<T> => {
    const atMs = performance.now();
    if (last !== undefined && (last.isReading || atMs - last.atMs <= ms)) return last.value;
    const kept: Kept<T> = { atMs, isReading: true, value: read() };
    last = kept;
    kept.value.then(
      () => {
        kept.isReading = false;
      },
      // An error is for those that asked; the next one reads again.
      () => {
        if (last === kept) last = undefined;
      },
    );
    return kept.value;
  };
  return Object.assign(ask, {
    forget: () => {
      last = undefined;
    },
  });
}
