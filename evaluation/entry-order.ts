/** In which order firings enter that are found where timelines are replayed: as they would have, had all come in its order. */
import type { Instant } from '../language/model.ts';
import { comparePlaces, type Place } from '../language/records/timeline.ts';

/** A firing that is decided as of a place. */
export interface Entering {
  place: Place;
  /** What lets it in there: a merge, the audience for which it waited, or that it fires there. */
  by: 'merge' | 'audience' | 'firing';
  at: Instant;
  /** The firing's id. */
  id: string;
}

/** At one place: merges come before the evaluation of their event, which asks what waits before it enters what fires. */
const RANK = { merge: 0, audience: 1, firing: 2 };

/** `open` and `again` count what came before (N1). What fires at one evaluation stays in its order. */
export function compareEntering(a: Entering, b: Entering): number {
  const order = comparePlaces(a.place, b.place) || RANK[a.by] - RANK[b.by];
  if (order !== 0 || a.by === 'firing') return order;
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}
