/** Comparisons with `now`: the other side is read as the instant that it says, however that is written. */
import { isoInstant } from '../time/instants.ts';
import { readDate } from '../time/read-date.ts';
import { instantOfLocal } from '../time/zones.ts';
import { children, type Node, wrapped } from './tree.ts';

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** Changes the tree in place. */
export function withInstantsBesideNow(node: Node): void {
  for (const child of children(node)) withInstantsBesideNow(child);
  if (!COMPARISONS.has(node.op)) return;
  const [left, right] = node.args as [Node, Node];
  if (isNow(left) && !isNow(right)) node.args = [left, wrapped('cue_instant', right)];
  else if (isNow(right) && !isNow(left)) node.args = [wrapped('cue_instant', left), right];
}

function isNow(node: Node): boolean {
  return node.op === 'id' && node.args === 'now';
}

/**
 * An instant in the form of `now`, so that the two compare as they follow each other; a date is its first
 * instant in the zone, a time without a zone is on the zone's clocks. Undefined for a text that is no date: as a text it
 * would compare by its letters. What is no text is itself.
 */
export function asInstant(value: unknown, zone: string): unknown {
  if (typeof value !== 'string') return value;
  const read = readDate(value);
  if (read === undefined) return undefined;
  return isoInstant('at' in read ? read.at : instantOfLocal(read.localMs, zone));
}
