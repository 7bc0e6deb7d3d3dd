/** The library's syntax tree, as far as we read it, and the changes that make numbers of one kind (Y2). */
import { environment } from './environment.ts';
import { findFunction } from './functions.ts';

type Operation = { name: string; check: unknown; evaluate: unknown };

/** A node as cel-js 8 makes it; its own typings leave out what macros add to it. */
export interface Node {
  op: string;
  args: unknown;
  start: number;
  end: number;
  meta: { check: unknown; evaluate: unknown; alternate?: Node };
  clone(op: Operation, args: unknown): Node;
}

/** `f(x)` and `x.f(…)` alike. */
export interface Call {
  name: string;
  receiver?: Node;
  args: Node[];
}

export function callOf(node: Node): Call | undefined {
  if (node.op === 'call') {
    const [name, args] = node.args as [string, Node[]];
    return { name, args };
  }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args as [string, Node, Node[]];
    return { name, receiver, args };
  }
  return undefined;
}

/** The nodes right below one, macros as they were written. */
export function children(node: Node): Node[] {
  const call = callOf(node);
  if (call !== undefined) return call.receiver === undefined ? call.args : [call.receiver, ...call.args];
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
      return [(node.args as [Node, string])[0]];
    case 'map':
      return (node.args as [Node, Node][]).flat();
    case '!_':
    case '-_':
      return [node.args as Node];
    default:
      return node.args as Node[];
  }
}

const template = environment.parse('cue_size("")').ast as unknown as Node;
const CALL: Operation = { name: 'call', check: template.meta.check, evaluate: template.meta.evaluate };
const literal = (template.args as [string, [Node]])[1][0];
const VALUE: Operation = { name: 'value', check: literal.meta.check, evaluate: literal.meta.evaluate };

/** `name(node)`, or `name(node, number)`. */
export function wrapped(name: string, node: Node, number?: number): Node {
  return node.clone(CALL, [name, number === undefined ? [node] : [node, node.clone(VALUE, number)]]);
}

/**
 * Makes every number a double and every function ours, in place: whole-number literals become doubles, functions that
 * would answer the library's integers become those that answer doubles.
 */
export function withNumbersOfOneKind(node: Node): void {
  if (node.op === 'value' && isWhole(node.args)) node.args = Number(node.args);
  const call = callOf(node);
  if (call !== undefined) {
    const known = findFunction(call.name, call.receiver === undefined ? 'call' : 'method');
    if (known?.inner !== undefined) (node.args as unknown[])[0] = known.inner;
  }
  for (const child of children(node)) withNumbersOfOneKind(child);
  if (node.op === '[]') {
    const [list, index] = node.args as [Node, Node];
    // The library wants an integer index wherever it knows that it has a list; after `dyn` it does not know.
    node.args = [list.op === 'id' || list.op === '.' ? list : wrapped('dyn', list), index];
  }
}

/** `1`, and `1u` (an object that holds a bigint). */
function isWhole(value: unknown): boolean {
  return (
    typeof value === 'bigint' || (typeof value === 'object' && value !== null && typeof value.valueOf() === 'bigint')
  );
}
