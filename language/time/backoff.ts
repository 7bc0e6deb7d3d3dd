/** Exponential back-off: how long to wait after so many failures in a row. */

export interface BackoffLimits {
  firstMs: number;
  maxMs: number;
}

/** @returns the pause after the n-th failure, n from 1: `firstMs`, then twice the one before, up to `maxMs`. */
export function backoff({ firstMs, maxMs }: BackoffLimits): (failures: number) => number {
  return (failures) => Math.min(firstMs * 2 ** (failures - 1), maxMs);
}
