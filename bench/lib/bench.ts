/** What every benchmark is given, and gives. */
import type { Logger } from '../../cli/report/log.ts';
import type { Figure } from './figures.ts';
import type { BenchParts } from './parts.ts';

export interface BenchContext {
  parts: BenchParts;
  log: Logger;
  /** The share of the usual sizes; 1 for figures that are quoted. */
  scale: number;
  /** News for people, a line each. */
  say: (line: string) => void;
}

export interface Bench {
  needs: { temporal: boolean };
  run(context: BenchContext): Promise<Figure[]>;
}

/** A size at a scale: at least `least`, so that a figure can be had. */
export function sized(full: number, scale: number, least = 1): number {
  return Math.max(least, Math.round(full * scale));
}

/** Where it is only to be seen that everything still runs, one round is enough. */
export function roundsAt(full: number, scale: number): number {
  return scale < 0.1 ? 1 : full;
}

/** Does one thing several times over; the rounds go after each other. */
export async function rounds<T>(count: number, work: (round: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 1; n <= count; n += 1) results.push(await work(n));
  return results;
}
