/**
 * `{count: true, event: X, of: Y, by: …}` (T14): of the latest Y, how many have an X with the same `by`, whichever of the
 * two came first.
 *
 * Kept are the Y of the window (over ever: those without an X, and the number of the others), each with whether it has
 * its X; and the `by` of the latest X, for a Y that comes after its X in the order.
 */
import { canonical } from '../../language/canonical.ts';
import { shownNumber } from '../../language/cel/shown-number.ts';
import type { ComputedTrait, Instant, Json, TraitPattern } from '../../language/model.ts';
import { valueAt } from '../engine/evaluation-view.ts';
import type { Entry } from './aggregate.ts';
import type { FoldedEvent, TraitState } from './fold-trait.ts';
import { inWindow, isEver, keptAt } from './trait-window.ts';

/**
 * An X comes before its Y only where two machines stamp them with clocks that differ, by seconds: a person does not do
 * a hundred other counted things in that time.
 */
const MAX_COUNTED = 100;

interface Pair {
  by: string;
  matched: boolean;
}

/** Undefined where the event has no value of `by`. */
export function foldPairs(
  trait: ComputedTrait,
  before: TraitState | undefined,
  matching: readonly TraitPattern[],
  view: FoldedEvent,
): TraitState | undefined {
  const value = valueAt(view, trait.by!);
  if (value === undefined || value === null) return undefined;
  const by = canonical(shownNumber(value) as Json);
  const { at } = view.event;
  let entries = keptAt(trait, before?.entries ?? [], at);
  let counted = before?.counted ?? [];
  let matched = before?.matched ?? 0;
  if (matching.some((pattern) => !pattern.of)) {
    counted = [...counted.filter((known) => known !== by), by].slice(-MAX_COUNTED);
    entries = entries.map((entry) => (pairOf(entry).by === by ? pairEntry(entry.at, by, true) : entry));
  }
  if (matching.some((pattern) => pattern.of)) {
    const isMatched = counted.includes(by) || entries.some((e) => pairOf(e).by === by && pairOf(e).matched);
    entries = [...entries, pairEntry(at, by, isMatched)];
  }
  if (trait.overLast !== undefined) entries = entries.slice(-trait.overLast);
  else if (isEver(trait)) {
    matched += entries.filter((entry) => pairOf(entry).matched).length;
    entries = entries.filter((entry) => !pairOf(entry).matched);
  }
  return { entries: [...entries], counted, matched };
}

export function readPairs(trait: ComputedTrait, state: TraitState | undefined, at: Instant, zone: string): number {
  const inside = inWindow(trait, state?.entries ?? [], at, zone);
  return (state?.matched ?? 0) + inside.filter((entry) => pairOf(entry).matched).length;
}

function pairEntry(at: Instant, by: string, matched: boolean): Entry {
  return { at, value: { by, matched } };
}

function pairOf(entry: Entry): Pair {
  return entry.value as { [name: string]: Json } & Pair;
}
