/**
 * What of a condition an index over events can answer: the top-level conjuncts that compare a field of the event with
 * constants. Each is necessary: where one of them is not true, `&&` makes the whole not true, whatever else is in it (T0).
 * Negations, `!=` and `||` say nothing that could be looked up, and stay for the evaluation.
 */
import { treeOf } from '../cel.ts';
import type { Expression } from '../model.ts';
import { formsOf } from './shown-number.ts';
import type { Node } from './tree.ts';

/** What a field is compared with by identity; a number and the text that shows it are both looked up (Y2). */
export type Constant = string | number | boolean | null;

export interface Bound {
  value: string | number;
  inclusive: boolean;
}

export type IndexablePart =
  /** The field is one of these: `==`, `in`, or standing alone (which is `== true`). Of no values it is never true. */
  | { kind: 'one-of'; path: readonly string[]; values: readonly Constant[] }
  /** The field lies between two bounds of one type, or on one side of one. */
  | { kind: 'range'; path: readonly string[]; lower?: Bound; upper?: Bound };

export interface Indexable {
  /** Fields as paths below `event`: `['cart', 'value']` is `event.cart.value`. */
  parts: IndexablePart[];
  /** True where the condition is its one part and nothing else. */
  whole: boolean;
}

type Range = IndexablePart & { kind: 'range' };

/** The conjuncts of a compiled condition that can be looked up; none where it has none. */
export function indexableOf(expression: Expression): Indexable {
  const conjuncts = conjunctsOf(treeOf(expression));
  const parts: IndexablePart[] = [];
  let others = 0;
  for (const conjunct of conjuncts) {
    const part = partOf(conjunct);
    if (part === undefined) {
      others += 1;
      continue;
    }
    const known = part.kind === 'range' ? parts.findIndex((p) => isSameRange(p, part)) : -1;
    if (known < 0) parts.push(part);
    else parts[known] = narrowed(parts[known] as Range, part as Range);
  }
  return { parts, whole: others === 0 && parts.length === 1 };
}

function conjunctsOf(node: Node): Node[] {
  return node.op === '&&' ? (node.args as Node[]).flatMap(conjunctsOf) : [node];
}

const FLIPPED: { [operator: string]: string } = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' };

function partOf(node: Node): IndexablePart | undefined {
  const alone = fieldOf(node);
  if (alone !== undefined) return { kind: 'one-of', path: alone, values: [true] };
  if (node.op === 'in') return membership(node.args as [Node, Node]);
  const flipped = FLIPPED[node.op];
  if (flipped === undefined) return undefined;
  const [left, right] = node.args as [Node, Node];
  return comparison(left, node.op, right) ?? comparison(right, flipped, left);
}

function comparison(side: Node, operator: string, other: Node): IndexablePart | undefined {
  const path = fieldOf(side);
  const value = constantOf(other);
  if (path === undefined || value === undefined) return undefined;
  if (operator === '==') return { kind: 'one-of', path, values: formsOf(value) };
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const bound = { value, inclusive: operator.endsWith('=') };
  return { kind: 'range', path, ...(operator.startsWith('<') ? { upper: bound } : { lower: bound }) };
}

function membership([element, list]: [Node, Node]): IndexablePart | undefined {
  const path = fieldOf(element);
  const { op, args } = bare(list);
  if (path === undefined || op !== 'list') return undefined;
  const values = (args as Node[]).map(constantOf);
  return values.some((value) => value === undefined)
    ? undefined
    : { kind: 'one-of', path, values: [...new Set((values as Constant[]).flatMap(formsOf))] };
}

/** `event.cart.value` or `event["cart"].value` as a path below `event`; undefined for everything else. */
function fieldOf(node: Node): string[] | undefined {
  const names: string[] = [];
  for (let at = bare(node); ; ) {
    if (at.op === 'id') return at.args === 'event' && names.length > 0 ? names.reverse() : undefined;
    if (at.op !== '.' && at.op !== '[]') return undefined;
    const [holder, name] = at.args as [Node, string | Node];
    const text = typeof name === 'string' ? name : name.op === 'value' ? name.args : undefined;
    if (typeof text !== 'string') return undefined;
    names.push(text);
    at = bare(holder);
  }
}

const AROUND = new Set(['dyn', 'cue_weighed', 'cue_id', 'cue_ids']);

/** Without the calls that are put around what is written, and give it back as it is. */
function bare(node: Node): Node {
  if (node.op !== 'call') return node;
  const [name, args] = node.args as [string, Node[]];
  return AROUND.has(name) ? bare(args[0]!) : node;
}

function constantOf(written: Node): Constant | undefined {
  const node = bare(written);
  if (node.op === '-_') {
    const value = constantOf(node.args as Node);
    return typeof value === 'number' ? -value : undefined;
  }
  if (node.op !== 'value') return undefined;
  const value = node.args;
  const isConstant = value === null || ['string', 'number', 'boolean'].includes(typeof value);
  return isConstant ? (value as Constant) : undefined;
}

function isSameRange(a: IndexablePart, b: IndexablePart): boolean {
  if (a.kind !== 'range' || b.kind !== 'range' || typeof endOf(a) !== typeof endOf(b)) return false;
  return a.path.length === b.path.length && a.path.every((name, i) => name === b.path[i]);
}

function endOf({ lower, upper }: Range): string | number {
  return (lower ?? upper)!.value;
}

/** What lies in both. */
function narrowed(a: Range, b: Range): Range {
  const lower = tighter(a.lower, b.lower, (x, y) => x > y);
  const upper = tighter(a.upper, b.upper, (x, y) => x < y);
  return { kind: 'range', path: a.path, ...(lower && { lower }), ...(upper && { upper }) };
}

function tighter(
  a: Bound | undefined,
  b: Bound | undefined,
  beyond: (x: string | number, y: string | number) => boolean,
): Bound | undefined {
  if (!a || !b) return a ?? b;
  if (a.value === b.value) return a.inclusive ? b : a;
  return beyond(a.value, b.value) ? a : b;
}
