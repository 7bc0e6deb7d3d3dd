/**
 * Folding a computed trait (T14): the engine does it event by event at the head of a timeline; a step that reads the
 * trait at an earlier place folds the stored events. Both go through here.
 *
 * What is kept is plain JSON and is never changed in place, so that checkpoints may share it. A window keeps at most an
 * entry for each event in it, `last n` n entries, ever what the aggregate's file says, a score one number.
 */
import type { ComputedTrait, Instant, Json } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { countWrongType, type EvaluationView, holdsAt, valueAt } from '../engine/evaluation-view.ts';
import { aggregateOf, type Entry } from './aggregate.ts';
import { foldPairs, readPairs } from './fold-pairs.ts';
import { foldScore, readScore } from './fold-score.ts';
import { inWindow, isEver, keptAt } from './trait-window.ts';

export interface TraitState {
  entries: Entry[];
  /** Of a trait with `of` and `by`: see fold-pairs. */
  counted?: string[];
  matched?: number;
}

/** Where an event is folded: at its own place. */
export type FoldedEvent = EvaluationView & { event: TimelineEvent };

/**
 * The state after an event; undefined where the event plays no part in the trait: its name, its `where` or its value is
 * another.
 */
export function foldEvent(
  trait: ComputedTrait,
  before: TraitState | undefined,
  view: FoldedEvent,
): TraitState | undefined {
  const { event } = view;
  const matching = trait.events.filter((pattern) => pattern.event === event.name && holdsAt(view, pattern.where));
  if (matching.length === 0) return undefined;
  if (trait.kind === 'score') return foldScore(trait, before, matching, view);
  if (trait.by) return foldPairs(trait, before, matching, view);
  const aggregate = aggregateOf(trait.kind);
  const value = aggregate.needsValue ? trait.value && valueAt(view, trait.value) : 1;
  if (value === undefined) return undefined;
  if (!aggregate.accepts(value)) {
    if (value !== null) countWrongType(view, trait.value!);
    return undefined;
  }
  const known = before?.entries ?? [];
  const entry = { at: event.at, value };
  if (trait.overLast !== undefined) return { entries: [...known, entry].slice(-trait.overLast) };
  if (isEver(trait)) return { entries: aggregate.ever(known, entry) };
  return { entries: aggregate.within(keptAt(trait, known, event.at), entry) };
}

/**
 * The value at an instant, which is not before the last event that was folded: what has left the window by then does not
 * count.
 *
 * @param zone of the subject, in which its months begin
 */
export function readFold(
  trait: ComputedTrait,
  state: TraitState | undefined,
  at: Instant,
  zone: string,
): Json | undefined {
  if (trait.kind === 'score') return readScore(trait, state, at);
  if (trait.by) return readPairs(trait, state, at, zone);
  return aggregateOf(trait.kind).read(inWindow(trait, state?.entries ?? [], at, zone));
}

/** The state without what no window that ends at `at` or later can need; undefined where nothing is left. */
export function pruned(trait: ComputedTrait, state: TraitState, at: Instant): TraitState | undefined {
  const entries = keptAt(trait, state.entries, at);
  const isEmpty = entries.length === 0 && !state.counted?.length && !state.matched;
  if (isEmpty) return undefined;
  return entries === state.entries ? state : { ...state, entries: [...entries] };
}
