/**
 * Steps of an expression, counted while it runs: what walks over lists could make long is bounded, whatever the lists are.
 * An expression that neither walks nor joins with `+` looks at each value that it names at most once, and needs no
 * counting here; `join` and `split` count their own work, wherever they stand.
 */
import { COMPREHENSIONS } from './functions.ts';
import { callOf, children, type Node, wrapped } from './tree.ts';

/** Even what looks at little takes an element up and puts it down again. */
const MIN_STEPS_EACH = 10;

/** Operators and methods that look through the whole of a list, a map or a text. */
const LOOKING_THROUGH = new Set(['==', '!=', 'in', '+']);
const METHODS_LOOKING_THROUGH = new Set(['startsWith', 'endsWith', 'contains', 'trim']);

/** Makes an expression that walks over lists count its steps, in place; its value and its type errors stay. */
export function withCountedSteps(root: Node): void {
  if (multiplies(root)) count(root);
}

function multiplies(node: Node): boolean {
  return node.op === '+' || walkOf(node) !== undefined || children(node).some(multiplies);
}

/** The library's own form of `list.map(…)` and the like. */
function walkOf(node: Node): { iterable: Node } | undefined {
  const call = callOf(node);
  if (call?.receiver === undefined || !COMPREHENSIONS.has(call.name)) return undefined;
  return node.meta.alternate?.args as { iterable: Node } | undefined;
}

function count(node: Node): void {
  for (const child of children(node)) count(child);
  const call = callOf(node);
  const walk = walkOf(node);
  if (walk !== undefined) {
    const looked = call!.args.reduce((sum, arg) => sum + sizeOf(arg), 0);
    walk.iterable = wrapped('cue_walked', call!.receiver!, Math.max(MIN_STEPS_EACH, looked));
  } else if (call?.receiver !== undefined && METHODS_LOOKING_THROUGH.has(call.name)) {
    const [name, receiver, args] = node.args as [string, Node, Node[]];
    node.args = [name, weighed(receiver), args.map(weighed)];
  } else if (LOOKING_THROUGH.has(node.op)) {
    node.args = (node.args as Node[]).map(weighed);
  }
}

function weighed(node: Node): Node {
  return node.op === 'value' ? node : wrapped('cue_weighed', node);
}

function sizeOf(node: Node): number {
  return children(node).reduce((sum, child) => sum + sizeOf(child), 1);
}
