/** Comparisons with `now`, made so that the other side is read as the instant that it says. */
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
