/** T13: arms of one playbook that fire together. */
import type { Firing } from './state.ts';

/** Arms that fire with one key, `at` and last evidence are one firing, of the first in the file. */
export function uniqueFirings(firings: readonly Firing[]): Firing[] {
  if (firings.length < 2) return [...firings];
  const sorted = [...firings].sort(
    (a, b) => compareText(a.playbook, b.playbook) || compareText(a.key, b.key) || a.at - b.at || a.arm - b.arm,
  );
  return sorted.filter((firing, place) => firing.overtaken || !comesAgain(sorted, place));
}

/** Firings of one playbook, key and instant stand side by side. */
function comesAgain(sorted: readonly Firing[], place: number): boolean {
  const firing = sorted[place]!;
  for (let i = place - 1; i >= 0; i--) {
    const other = sorted[i]!;
    if (other.playbook !== firing.playbook || other.key !== firing.key || other.at !== firing.at) return false;
    if (!other.overtaken && causeOf(other) === causeOf(firing)) return true;
  }
  return false;
}

function causeOf(firing: Firing): string | number {
  return firing.evidence.at(-1) ?? firing.arm;
}

/**
 * Of SLA arms of one clock's instance that fall due in one instant only the furthest fires; the others are recorded as
 * overtaken. How far an arm goes is what its mark says: shares by their size, then the breach, then times after it.
 */
export function overtake(firings: readonly Firing[]): readonly Firing[] {
  if (firings.every(({ reach }) => reach === undefined)) return firings;
  const furthest = new Map<string, Firing>();
  for (const firing of firings) {
    if (firing.reach === undefined) continue;
    const other = furthest.get(momentOf(firing));
    if (!other || firing.reach > other.reach!) furthest.set(momentOf(firing), firing);
  }
  return firings.map((firing) => {
    if (firing.reach === undefined || furthest.get(momentOf(firing)) === firing) return firing;
    return { ...firing, overtaken: true };
  });
}

/** The key of an SLA firing names the clock and its instance (T10). */
function momentOf(firing: Firing): string {
  return JSON.stringify([firing.playbook, firing.key, firing.at]);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
