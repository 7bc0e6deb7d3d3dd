/** Codes with what they say to people. */
import { reasonOf } from '../../language/records/reasons.ts';
import type { Ending, Reason, ReasonCount } from './contract/common.ts';

export function reasonShown(code: string | null): Reason | null {
  return code === null ? null : { code, words: reasonOf(code) };
}

export function reasonsShown(counts: readonly { reason: string; count: number }[]): ReasonCount[] {
  const sums = new Map<string, number>();
  for (const { reason, count } of counts) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return [...sums]
    .map(([code, count]) => ({ code, words: reasonOf(code), count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

/** Sums of one outcome and reason, the most frequent first. */
export function endingsShown(
  counts: readonly { outcome: string | null; reason: string | null; count: number }[],
): Ending[] {
  const sums = new Map<string, Ending>();
  for (const { outcome, reason, count } of counts) {
    if (outcome === null) continue;
    const key = JSON.stringify([outcome, reason]);
    const before = sums.get(key)?.count ?? 0;
    sums.set(key, { outcome, reason: reasonShown(reason), count: before + count });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count || (a.outcome < b.outcome ? -1 : 1));
}

/** Counted of those who were not held out, and of those who were. */
export function journeysShown(
  counts: readonly { ghost: boolean; outcome: string | null; reason: string | null; count: number }[],
) {
  const real = counts.filter(({ ghost }) => !ghost);
  const sum = (some: readonly { count: number }[]) => some.reduce((total, { count }) => total + count, 0);
  return {
    entered: sum(real),
    heldOut: sum(counts) - sum(real),
    underWay: sum(real.filter(({ outcome }) => outcome === null)),
    ended: endingsShown(real),
  };
}
