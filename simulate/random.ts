/** Chance that comes out alike for one seed: so that what was played can be played again, and looked into. */
import { createHash } from 'node:crypto';

export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  chance(share: number): boolean;
}

/**
 * @param label what it is for: each use draws from a row of its own, so that a new one moves no other.
 */
export function randomOf(seed: number, label: string): Random {
  let state = createHash('sha256').update(`${seed}:${label}`).digest().readUInt32BE(0);
  // Counts up by an odd number and scrambles what it counts: every one of the 2^32 states comes once.
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    int: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: (list) => list[Math.floor(next() * list.length)]!,
    chance: (share) => next() < share,
  };
}
