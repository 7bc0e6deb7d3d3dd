/** The window of a computed trait (T14): which entries lie in it at an instant, and when the next one leaves. */

import type { ComputedTrait, Instant } from '../../language/model.ts';
import { DAY_MS } from '../../language/time/duration.ts';
import { instantOfLocal, instantOfLocalAfter, localDate } from '../../language/time/zones.ts';

/**
 * The latest instant from which on events may still count at `at` or later, in any zone: what is kept goes no
 * further back. Negative infinity over ever and for the latest so many.
 */
export function reachesBackTo(trait: ComputedTrait, at: Instant): Instant {
  if (trait.overMs !== undefined) return at - trait.overMs;
  // Months begin at most a day earlier or later than on UTC, and a subject may move to another zone.
  if (trait.overMonth) return monthOf(at - DAY_MS, 'UTC').start - DAY_MS;
  return Number.NEGATIVE_INFINITY;
}

export function isEver(trait: ComputedTrait): boolean {
  return trait.overMs === undefined && !trait.overMonth && trait.overLast === undefined;
}

/** The entries that a window that ends at `at` or later may still need. */
export function keptAt<E extends { at: Instant }>(
  trait: ComputedTrait,
  entries: readonly E[],
  at: Instant,
): readonly E[] {
  const back = reachesBackTo(trait, at);
  return from(entries, (entry) => entry.at > back);
}

/**
 * The entries that lie in the window that ends at `at`. Windows are half-open: (at - over, at] (T0); a calendar month
 * begins with its first instant.
 *
 * @param entries in E4's order
 * @param zone of the subject, in which its months begin
 */
export function inWindow<E extends { at: Instant }>(
  trait: ComputedTrait,
  entries: readonly E[],
  at: Instant,
  zone: string,
): readonly E[] {
  const { overMs, overMonth } = trait;
  if (overMs !== undefined) return from(entries, (entry) => entry.at > at - overMs);
  if (!overMonth) return entries;
  const { start } = monthOf(at, zone);
  return from(entries, (entry) => entry.at >= start);
}

/** When the next of the entries leaves the window; undefined where nothing does by time alone. */
export function nextLeaveAt(
  trait: ComputedTrait,
  entries: readonly { at: Instant }[],
  at: Instant,
  zone: string,
): Instant | undefined {
  if (trait.overMs === undefined && !trait.overMonth) return undefined;
  const next = inWindow(trait, entries, at, zone)[0];
  if (!next) return undefined;
  return trait.overMs === undefined ? monthOf(at, zone).end : next.at + trait.overMs;
}

/** Entries are in order: all after the first that is in are in, too. */
function from<E>(entries: readonly E[], isIn: (entry: E) => boolean): readonly E[] {
  const first = entries.findIndex(isIn);
  return first < 0 ? [] : first === 0 ? entries : entries.slice(first);
}

/** The calendar month of an instant on the zone's clocks: [start, end). */
function monthOf(at: Instant, zone: string): { start: Instant; end: Instant } {
  const [year, month] = localDate(at, zone).split('-').map(Number) as [number, number];
  const next = Date.UTC(year, month);
  // Clocks that were put back over midnight show the old month once more: it ends again.
  const end = instantOfLocalAfter(next, zone, at) ?? instantOfLocal(next, zone);
  return { start: instantOfLocal(Date.UTC(year, month - 1), zone), end };
}
