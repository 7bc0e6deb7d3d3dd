/**
 * Folding a computed trait (T14): the engine does it event by event at the head of a timeline; a step that reads the
 * trait at an earlier place folds the stored events of the window. Both go through here.
 */
import type { ComputedTrait, Instant, Json } from '../language/model.ts';
import { aggregateOf, type Entry } from './aggregate.ts';

export interface TraitState {
  entries: Entry[];
}

/** Adds one matching event; `value` is the trait's expression over it (for `count: true`, 1). */
export function foldEvent(
  trait: ComputedTrait,
  before: TraitState | undefined,
  at: Instant,
  value: Json | undefined,
): TraitState {
  const aggregate = aggregateOf(trait.kind);
  const known = before?.entries ?? [];
  const taken = aggregate.needsValue ? value : 1;
  if (taken === undefined || !aggregate.accepts(taken)) return { entries: known };
  const entries = [...known, { at, value: taken }];
  return { entries: trait.overMs === undefined ? aggregate.compact(entries) : inWindow(trait, entries, at) };
}

/** The value at an instant: what has left the window by then does not count. */
export function readTrait(trait: ComputedTrait, state: TraitState | undefined, at: Instant): Json | undefined {
  return aggregateOf(trait.kind).read(inWindow(trait, state?.entries ?? [], at));
}

/** When the next entry leaves the window; undefined where nothing does. */
export function nextLeaveAt(trait: ComputedTrait, state: TraitState, after: Instant): Instant | undefined {
  if (trait.overMs === undefined) return undefined;
  const next = inWindow(trait, state.entries, after)[0];
  return next && next.at + trait.overMs;
}

/** Windows are half-open: (at - over, at] (T0). */
function inWindow(trait: ComputedTrait, entries: readonly Entry[], at: Instant): Entry[] {
  const { overMs } = trait;
  return overMs === undefined ? [...entries] : entries.filter((entry) => entry.at > at - overMs);
}
