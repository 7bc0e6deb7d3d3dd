/** Paths through records, as the syntax tree has them. */
import type { Node } from './tree.ts';

export interface Path {
  /** From the root on, as far as it is fixed: `event`, `items`. */
  names: string[];
  /** The node of the root's name. */
  start: Node;
  /** An index that is computed has been passed: what follows is not part of the path. */
  open: boolean;
  /** Indexes along the way that are expressions of their own. */
  indexes: Node[];
}

/** `event.items[0].price` → `event.items`; undefined where the node is no path from a name. */
export function pathOf(node: Node): Path | undefined {
  if (node.op === 'id') return { names: [node.args as string], start: node, open: false, indexes: [] };
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const [left, right] = node.args as [Node, string | Node];
  const path = pathOf(left);
  if (path === undefined) return undefined;
  const name = typeof right === 'string' ? right : right.op === 'value' ? right.args : undefined;
  if (typeof right !== 'string' && right.op !== 'value') path.indexes.push(right);
  if (typeof name === 'string' && !path.open) path.names.push(name);
  else path.open = true;
  return path;
}
