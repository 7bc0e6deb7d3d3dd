/** A score (T14): points that are worth half after each half-life, folded at its events only. One number is kept. */
import type { ComputedTrait, Expression, Instant, TraitPattern } from '../../language/model.ts';
import { countWrongType, valueAt } from '../engine/evaluation-view.ts';
import type { FoldedEvent, TraitState } from './fold-trait.ts';

/**
 * Adds the points of an event: of each row once, whichever of its patterns match. Undefined where no row has a number of
 * points for it.
 */
export function foldScore(
  trait: ComputedTrait,
  before: TraitState | undefined,
  matching: readonly TraitPattern[],
  view: FoldedEvent,
): TraitState | undefined {
  const { at } = view.event;
  const rows = new Map(matching.map((pattern) => [pattern.row, pattern.points]));
  const points = [...rows.values()]
    .map((expression) => expression && pointsAt(view, expression))
    .filter((value) => value !== undefined);
  if (points.length === 0) return undefined;
  const sum = points.reduce((a, b) => a + b, 0);
  return { entries: [{ at, value: (readScore(trait, before, at) ?? 0) + sum }] };
}

function pointsAt(view: FoldedEvent, expression: Expression): number | undefined {
  const value = valueAt(view, expression);
  if (typeof value === 'number') return value;
  if (value !== undefined && value !== null) countWrongType(view, expression);
  return undefined;
}

/** The score at an instant; undefined where it never had an event. */
export function readScore(trait: ComputedTrait, state: TraitState | undefined, at: Instant): number | undefined {
  const entry = state?.entries[0];
  if (!entry) return undefined;
  return (entry.value as number) * 2 ** (-(at - entry.at) / trait.halfLifeMs!);
}
