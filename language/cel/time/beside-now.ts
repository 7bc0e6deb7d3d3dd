/** Comparisons with `now`, or with what a length was added to, made so that the sides are read as the instants that they say. */

import { callOf, children, type Node, wrapped } from '../tree.ts';
import { LENGTH_FUNCTIONS } from './lengths.ts';

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** Changes the tree in place, in which functions still have the names that people write. */
export function withInstantsBesideNow(node: Node): void {
  for (const child of children(node)) withInstantsBesideNow(child);
  if (!COMPARISONS.has(node.op)) return;
  const sides = node.args as [Node, Node];
  if (sides.some(isInstant)) node.args = sides.map((side) => (isNow(side) ? side : wrapped('cue_instant', side)));
}

function isNow(node: Node): boolean {
  return node.op === 'id' && node.args === 'now';
}

/** `now`, and `… + duration("7d")`: a date that days were added to is, beside another, its first instant. */
function isInstant(node: Node): boolean {
  if (isNow(node)) return true;
  if (node.op !== '+' && node.op !== '-') return false;
  const call = callOf((node.args as [Node, Node])[1]);
  return call?.receiver === undefined && call !== undefined && LENGTH_FUNCTIONS.has(call.name.replace(/^cue_/, ''));
}
