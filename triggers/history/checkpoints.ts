/**
 * Which checkpoints of a subject are kept (E5): states at places of its timeline from which it can be replayed. A
 * subject with few events has none: its beginning is one.
 */
import type { Instant } from '../../language/model.ts';
import type { Checkpoint } from '../engine/state.ts';

/** A new one is written when so many events were consumed after the newest: one row write in as many events. */
export const CHECKPOINT_EVERY = 256;
/** So many events of one subject are replayed at most; what would need more lies before the horizon. */
export const MAX_REPLAYED = 100_000;
/** Without the one at the horizon. Each is about twice as far back as the next younger one. */
const MAX_YOUNG = 4;

/**
 * Those of a subject's checkpoints that stay: the latest that lies at least `horizonMs` before the head, which is the
 * horizon, and at most four younger ones, the newest among them.
 */
export function thinned<C extends Pick<Checkpoint, 'place' | 'consumed'>>(
  all: readonly C[],
  headAt: Instant,
  horizonMs: number,
): C[] {
  const ordered = [...all].sort((a, b) => b.consumed - a.consumed || b.place.at - a.place.at);
  const horizon = horizonOf(ordered, headAt, horizonMs);
  const young = ordered.filter((one) => one.place.at > headAt - horizonMs);
  while (young.length > MAX_YOUNG) young.splice(mostCrowded(young), 1);
  return horizon ? [...young, horizon] : young;
}

/** The oldest place from which a replay may begin; undefined: the beginning. */
export function horizonOf<C extends Pick<Checkpoint, 'place'>>(
  all: readonly C[],
  headAt: Instant,
  horizonMs: number,
): C | undefined {
  return all
    .filter((one) => one.place.at <= headAt - horizonMs)
    .reduce<C | undefined>((latest, one) => (latest && latest.place.at >= one.place.at ? latest : one), undefined);
}

/** The one that leaves the smallest gap for how far back it is; never the newest or the oldest. */
function mostCrowded(young: readonly { consumed: number }[]): number {
  const newest = young[0]!.consumed;
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < young.length - 1; i++) {
    const gap =
      (young[i - 1]!.consumed - young[i + 1]!.consumed) / (newest - young[i + 1]!.consumed + CHECKPOINT_EVERY);
    if (gap < least) [best, least] = [i, gap];
  }
  return best;
}
