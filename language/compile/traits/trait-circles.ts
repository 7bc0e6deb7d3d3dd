/** Computed traits that read each other in a circle have no value: said at their place (T14). */
import type { ComputedTrait } from '../../model.ts';
import type { FileReport } from '../report.ts';
import { readsOf } from './trait-reads.ts';

/**
 * Reports each circle that the traits of this file close, once, at the first of its traits in the file.
 *
 * @param added the traits of the file, in its order
 * @param all those and the ones of the files before it
 */
export function reportCircles(
  report: FileReport,
  added: readonly ComputedTrait[],
  all: readonly ComputedTrait[],
): void {
  const byName = new Map(all.map((trait) => [nameOf(trait), trait]));
  const told = new Set<string>();
  for (const trait of added) {
    const circle = circleFrom(nameOf(trait), byName);
    if (circle === undefined) continue;
    const members = [...circle].sort().join();
    if (told.has(members)) continue;
    told.add(members);
    report.key(['traits', trait.name], {
      code: 'CB251',
      message: `the trait is computed from itself: ${[...circle, circle[0]].join(' → ')}`,
      hint: 'let one of them read events or traits that are none of these',
    });
  }
}

function nameOf(trait: ComputedTrait): string {
  return `${trait.subject}.${trait.name}`;
}

/** The shortest way from a trait back to itself; undefined where there is none. */
function circleFrom(start: string, byName: ReadonlyMap<string, ComputedTrait>): string[] | undefined {
  const from = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const read of readsOf(byName.get(name)!)) {
      const next = read.split('.').slice(0, 2).join('.');
      if (next === start) return wayTo(name, start, from);
      if (!byName.has(next) || from.has(next)) continue;
      from.set(next, name);
      queue.push(next);
    }
  }
  return undefined;
}

function wayTo(name: string, start: string, from: ReadonlyMap<string, string>): string[] {
  const way = [name];
  while (way[0] !== start) way.unshift(from.get(way[0]!)!);
  return way;
}
