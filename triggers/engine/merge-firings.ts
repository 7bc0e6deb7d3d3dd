/** T13: arms of one playbook that fire together. */
import type { Firing } from './state.ts';

/** Arms that fire with one key, `at` and last evidence are one firing, of the first in the file. */
export function uniqueFirings(firings: readonly Firing[]): Firing[] {
  if (firings.length < 2) return [...firings];
  const seen = new Set<string>();
  return [...firings]
    .sort((a, b) => compareText(a.playbook, b.playbook) || compareText(a.key, b.key) || a.at - b.at || a.arm - b.arm)
    .filter((firing) => {
      if (firing.overtaken) return true;
      const id = JSON.stringify([firing.playbook, firing.key, firing.at, firing.evidence.at(-1) ?? firing.arm]);
      return !seen.has(id) && seen.add(id);
    });
}

/**
 * Of SLA arms of one clock's instance that fall due in one instant only the furthest fires; the others are recorded as
 * overtaken. How far an arm goes is what its mark says: shares by their size, then the breach, then times after it.
 */
export function overtake(firings: readonly Firing[]): Firing[] {
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
