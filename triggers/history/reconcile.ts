/** What a recomputation gives, against what was made: which firings are undone, moved, given again or new (E5). */
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant } from '../../language/model.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import { type Firing, givenAt } from '../engine/state.ts';
import type { Seed } from './replay.ts';

/** A firing that was made, entered or not. */
export interface MadeFiring {
  /** As `enrolmentIdOf` derives it. */
  id: string;
  playbook: string;
  key: string;
  at: Instant;
  /** Where that is later (T8). */
  givenAt?: Instant | null | undefined;
  /** The mark of an SLA firing; its key names the instance (T10). */
  mark?: string | undefined;
  /** It waits, or was refused: it has entered nowhere, and stands for none. */
  isOutside?: boolean;
  /** An earlier recomputation took it back, or moved it. */
  isUndone: boolean;
  /** The firing that it counts as, where it was moved, and the instant that gives that one. */
  standsFor?: { id: string; at: Instant } | null | undefined;
}

export interface Reconciled<Made extends MadeFiring = MadeFiring> {
  /** No longer given: they stay made, and are marked. */
  undone: Made[];
  /** No longer given, and each counts as another that is: nothing ends, nothing enters. */
  moved: { made: Made; to: { id: string; at: Instant } }[];
  /** Taken back or moved before, and given again: their mark goes. */
  restored: { made: Made; given: Seed }[];
  /** Given as they were made; their evidence may be another by now (T15). */
  standing: { made: Made; given: Seed }[];
  /** Given, and nothing that was made counts as them: they are made now. */
  fresh: (Seed & { id: string })[];
}

export interface Lateness {
  /** Of the late event, of several the first. What lies before it in its own instant is before it (E4). */
  place: Place;
  /** Timelines became one: what a visitor fired before comes with it, and may be given again. */
  isMerge?: boolean;
}

/**
 * Compares what was made with what is given. Both may reach further back than the late event: nothing before it can have
 * changed, so nothing before it is undone, restored or made.
 *
 * @param made of the same versions of triggers as the replay's
 * @param given everything from the replay's start on, which lies before the late event
 * @param late what made the comparison needed
 * @param windowMsOf the window of a firing's trigger; 0 where it has none
 */
export function reconcile<Made extends MadeFiring>(
  made: readonly Made[],
  given: readonly Seed[],
  { place: latePlace, isMerge = false }: Lateness,
  windowMsOf: (firing: Firing) => number,
): Reconciled<Made> {
  const isBefore = ({ place }: Seed) => comparePlaces(place, latePlace) < 0;
  const left = new Map(given.map((entry) => [enrolmentIdOf(entry.firing), entry]));
  const restored: Reconciled<Made>['restored'] = [];
  const standing: Reconciled<Made>['standing'] = [];
  const without: Made[] = [];
  /** What nothing counts as any more, because the firing that did is given itself again. */
  const released = new Set<string>();
  for (const row of made) {
    const given = left.get(row.id);
    left.delete(row.id);
    if (!given || (row.isUndone && isBefore(given) && !isMerge)) without.push(row);
    else if (!row.isUndone) standing.push({ made: row, given });
    else {
      restored.push({ made: row, given });
      if (row.standsFor) released.add(row.standsFor.id);
    }
  }
  const gone = without.filter((row) => {
    if (row.standsFor) return !left.delete(row.standsFor.id) && row.standsFor.at >= latePlace.at;
    return !row.isUndone && givenAt(row) >= latePlace.at;
  });
  for (const [id, given] of left) if (isBefore(given) && !released.has(id)) left.delete(id);
  const undone: Made[] = [];
  const moved: Reconciled<Made>['moved'] = [];
  for (const row of gone.sort((a, b) => a.at - b.at)) {
    const to = nearest(row, left, windowMsOf);
    if (to === undefined) undone.push(row);
    else {
      left.delete(to.id);
      moved.push({ made: row, to });
    }
  }
  return { undone, moved, restored, standing, fresh: [...left].map(([id, entry]) => ({ id, ...entry })) };
}

/**
 * Whether a firing that was made stands for one that is given where it is not: of the same (playbook, key) within the
 * window, or of the same instance and mark.
 */
export function standsFor(row: MadeFiring, firing: Firing, windowMsOf: (firing: Firing) => number): boolean {
  if (row.isOutside || row.playbook !== firing.playbook || row.key !== firing.key) return false;
  const isSla = firing.reach !== undefined;
  return isSla ? row.mark === firing.trigger.mark : Math.abs(row.at - firing.at) <= windowMsOf(firing);
}

/** Of what is given the nearest for which the made one stands. */
function nearest(
  row: MadeFiring,
  left: ReadonlyMap<string, Seed>,
  windowMsOf: (firing: Firing) => number,
): { id: string; at: Instant } | undefined {
  let best: { id: string; at: Instant; far: number } | undefined;
  for (const [id, { firing }] of left) {
    if (!standsFor(row, firing, windowMsOf)) continue;
    const far = Math.abs(row.at - firing.at);
    if (best === undefined || far < best.far) best = { id, at: givenAt(firing), far };
  }
  return best && { id: best.id, at: best.at };
}
