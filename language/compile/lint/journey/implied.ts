/** Whether one condition holds wherever another does: said only where it is sure. */
import { whyNeverTrue } from '../../../cel/satisfiable.ts';
import type { Expression } from '../../../model.ts';

/** In these a field may be missing, and then the contrary of a condition holds no more than the condition (T0). */
const MAY_MISS = /\|\||\?|\bhas\(|!(?!=)/;

/** @returns true only where `broad` holds whenever `narrow` does, whatever is there and whatever is missing */
export function impliedBy(
  narrow: Pick<Expression, 'cel' | 'reads'>,
  broad: Pick<Expression, 'cel' | 'reads'>,
): boolean {
  if (narrow.cel === broad.cel) return true;
  if (MAY_MISS.test(narrow.cel) || MAY_MISS.test(broad.cel)) return false;
  // What `narrow` compares is there; hence all that `broad` looks at is.
  if (broad.reads.length === 0 || !broad.reads.every((read) => narrow.reads.includes(read))) return false;
  return whyNeverTrue(`(${narrow.cel}) && !(${broad.cel})`) !== undefined;
}
