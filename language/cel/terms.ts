/** Parts of a syntax tree as values that can be told apart: literals, and one text for each other part. */
import type { Json } from '../model.ts';
import { callOf, type Node } from './tree.ts';

/** The value of a literal; a list or a map is none. */
export function constantOf(node: Node): { value: Json } | undefined {
  if (node.op === '-_') {
    const inner = constantOf(node.args as Node);
    return typeof inner?.value === 'number' ? { value: -inner.value } : undefined;
  }
  if (node.op !== 'value') return undefined;
  const { args } = node;
  if (args === null || typeof args === 'string' || typeof args === 'boolean' || typeof args === 'number') {
    return { value: args };
  }
  // A bigint, and what the library makes of `2u`: a whole number all the same (Y2).
  return typeof args === 'object' && typeof args.valueOf() !== 'bigint' ? undefined : { value: Number(args) };
}

/** One text for all ways to write the same value: `event.a`, `event["a"]`. */
export function keyOf(node: Node): string {
  const constant = constantOf(node);
  if (constant !== undefined) return JSON.stringify(constant.value);
  if (node.op === 'id') return node.args as string;
  if (node.op === '.') return `${keyOf((node.args as [Node, string])[0])}.${(node.args as [Node, string])[1]}`;
  if (node.op === '[]') {
    const [of, index] = node.args as [Node, Node];
    const name = constantOf(index)?.value;
    return typeof name === 'string' ? `${keyOf(of)}.${name}` : `${keyOf(of)}[${keyOf(index)}]`;
  }
  const call = callOf(node);
  if (call !== undefined) {
    const receiver = call.receiver === undefined ? '' : `${keyOf(call.receiver)}.`;
    return `${receiver}${call.name}(${call.args.map(keyOf).join(', ')})`;
  }
  const args: unknown[] = Array.isArray(node.args) ? node.args.flat() : [node.args];
  const keys = args.map((arg) => (typeof arg === 'object' && arg !== null ? keyOf(arg as Node) : JSON.stringify(arg)));
  return `(${node.op} ${keys.join(' ')})`;
}
