/** A syntax tree as source again, with parts put in: the library's own printer leaves out brackets that are needed. */
import { callOf, type Node } from './tree.ts';

/**
 * The source of a node, every operation in brackets.
 * @param source the text from which the tree was parsed
 * @param replace gives the text of a node, or undefined to leave it as it is
 */
export function printed(node: Node, source: string, replace: (node: Node) => string | undefined): string {
  const print = (part: Node): string => {
    const other = replace(part);
    if (other !== undefined) return other;
    const call = callOf(part);
    if (call !== undefined) {
      const args = call.args.map(print).join(', ');
      return call.receiver === undefined ? `${call.name}(${args})` : `${print(call.receiver)}.${call.name}(${args})`;
    }
    switch (part.op) {
      case 'value':
      case 'id':
        return source.slice(part.start, part.end);
      case '.': {
        const [record, name] = part.args as [Node, string];
        return `${print(record)}.${name}`;
      }
      case '[]': {
        const [list, index] = part.args as [Node, Node];
        return `${print(list)}[${print(index)}]`;
      }
      case 'list':
        return `[${(part.args as Node[]).map(print).join(', ')}]`;
      case 'map':
        return `{${(part.args as [Node, Node][]).map(([key, value]) => `${print(key)}: ${print(value)}`).join(', ')}}`;
      case '-_':
      case '!_':
        return `(${part.op[0]}${print(part.args as Node)})`;
      case '?:': {
        const [condition, then, otherwise] = part.args as [Node, Node, Node];
        return `(${print(condition)} ? ${print(then)} : ${print(otherwise)})`;
      }
      default: {
        const [left, right] = part.args as [Node, Node];
        return `(${print(left)} ${part.op} ${print(right)})`;
      }
    }
  };
  return print(node);
}
