/** Equality by which a number and the text that shows it are one (Y2): `17` and `"17"`, as ids come from different systems. */
import { formsOf } from './shown-number.ts';
import { children, type Node, wrapped } from './tree.ts';

/** What may hold a value of either type. */
const OPEN = new Set(['id', '.', '[]']);

/** Changes the tree in place: `==`, `!=` and `in` compare by what is shown, where a side may be of either type. */
export function withOneEquality(node: Node): void {
  for (const child of children(node)) withOneEquality(child);
  if (node.op === '==' || node.op === '!=') {
    const [left, right] = node.args as [Node, Node];
    if (mayDiffer(left, right)) node.args = [wrapped('cue_id', left), wrapped('cue_id', right)];
  } else if (node.op === 'in') {
    const [element, list] = node.args as [Node, Node];
    const members = list.op === 'list' ? (list.args as Node[]) : [list];
    if (members.some((member) => mayDiffer(element, member))) {
      node.args = [wrapped('cue_id', element), wrapped('cue_ids', list)];
    }
  }
}

function mayDiffer(left: Node, right: Node): boolean {
  return (isOpen(left) && isEither(right)) || (isOpen(right) && isEither(left));
}

function isEither(node: Node): boolean {
  if (node.op === '-_') return isEither(node.args as Node);
  return isOpen(node) || (node.op === 'value' && formsOf(node.args).length > 1);
}

/** `now` is always a text, and what is beside it has been made one. */
function isOpen(node: Node): boolean {
  return OPEN.has(node.op) && node.args !== 'now';
}
