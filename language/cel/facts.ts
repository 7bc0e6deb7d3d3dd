/** What the parts of one conjunction ask for, each held against those before it. */
import type { Json } from '../model.ts';
import { type Comparison, type Constraint, canHold, compares, FLIPPED, NEGATED, typeOf } from './constraints.ts';
import { constantOf, keyOf } from './terms.ts';
import { callOf, type Node } from './tree.ts';

/** A part of a conjunction; `not` where it must be false. */
export interface Part {
  node: Node;
  not: boolean;
}

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);
/** Why a part cannot hold together with the others, and what may be meant. */
export interface Found {
  message: string;
  hint?: string;
}

type Order = '<' | '=' | '>';
const ORDERS: { [op in Comparison]: readonly Order[] } = {
  '==': ['='],
  '!=': ['<', '>'],
  '<': ['<'],
  '<=': ['<', '='],
  '>': ['>'],
  '>=': ['>', '='],
};

/** What the parts so far ask for; each new one is held against them. */
export class Facts {
  readonly #show: (node: Node) => string;
  readonly #constraints = new Map<string, { constraint: Constraint; said: string }[]>();
  readonly #orders = new Map<string, { order: readonly Order[]; said: string }[]>();
  /** Paths that must be there, and those that must not, each with the part that says so. */
  readonly #present = new Map<string, string>();
  readonly #absent = new Map<string, string>();

  constructor(show: (node: Node) => string) {
    this.#show = show;
  }

  add({ node, not }: Part): Found | undefined {
    const said = `${not ? '!' : ''}${not && node.op !== 'id' && node.op !== '.' ? `(${this.#show(node)})` : this.#show(node)}`;
    const constant = constantOf(node);
    if (constant !== undefined) return constant.value === !not ? undefined : never(said);
    if (COMPARISONS.has(node.op)) {
      const op = node.op as Comparison;
      return this.#compare(node.args as [Node, Node], not ? NEGATED[op] : op, said);
    }
    if (node.op === 'in') {
      const found = this.#member(node.args as [Node, Node], not, said);
      if (found !== 'unknown') return found;
    }
    const call = callOf(node);
    if (call?.name === 'has' && call.receiver === undefined && call.args[0] !== undefined) {
      return this.#has(keyOf(call.args[0]), not, said);
    }
    return this.#constrain(node, { op: '==', value: !not }, said);
  }

  #compare([left, right]: [Node, Node], op: Comparison, said: string): Found | undefined {
    const [a, b] = [constantOf(left), constantOf(right)];
    if (a !== undefined && b !== undefined) return compares(a.value, op, b.value) ? undefined : never(said);
    if (b !== undefined) return this.#constrain(left, { op, value: b.value }, said);
    if (a !== undefined) return this.#constrain(right, { op: FLIPPED[op], value: a.value }, said);
    return this.#needs(left, said) ?? this.#needs(right, said) ?? this.#order(keyOf(left), op, keyOf(right), said);
  }

  #member([value, list]: [Node, Node], not: boolean, said: string): Found | undefined | 'unknown' {
    if (list.op !== 'list') return 'unknown';
    const members = (list.args as Node[]).map(constantOf);
    if (!members.every((one) => one !== undefined)) return 'unknown';
    const values = members.map((one) => one.value);
    if (not) {
      for (const one of values) {
        const found = constantOf(value) ? undefined : this.#constrain(value, { op: '!=', value: one }, said);
        if (found !== undefined) return found;
      }
      return undefined;
    }
    if (values.length === 0) return never(said, 'nothing is in an empty list: name what is allowed');
    const constant = constantOf(value);
    if (constant === undefined) return this.#constrain(value, { op: 'in', values }, said);
    return canHold([
      { op: 'in', values },
      { op: '==', value: constant.value },
    ])
      ? undefined
      : never(said);
  }

  #constrain(node: Node, constraint: Constraint, said: string): Found | undefined {
    const missing = this.#needs(node, said);
    if (missing !== undefined) return missing;
    const key = keyOf(node);
    const known = this.#constraints.get(key) ?? [];
    this.#constraints.set(key, known);
    for (const other of known) {
      if (canHold([other.constraint, constraint])) continue;
      return exclude(other.said, said, hintFor(other.constraint, constraint, this.#show(node)));
    }
    known.push({ constraint, said });
    if (canHold(known.map((one) => one.constraint))) return undefined;
    return exclude(
      known
        .slice(0, -1)
        .map((one) => one.said)
        .join(' && '),
      said,
    );
  }

  #order(a: string, op: Comparison, b: string, said: string): Found | undefined {
    if (a === b) return ORDERS[op].includes('=') ? undefined : never(said, 'both sides are the same');
    const turned = a > b;
    const pair = turned ? `${b} ? ${a}` : `${a} ? ${b}`;
    const order = ORDERS[turned ? FLIPPED[op] : op];
    const known = this.#orders.get(pair) ?? [];
    this.#orders.set(pair, known);
    const other = known.find((one) => !one.order.some((o) => order.includes(o)));
    if (other !== undefined) return exclude(other.said, said);
    known.push({ order, said });
    return undefined;
  }

  #has(key: string, not: boolean, said: string): Found | undefined {
    if (!not) return this.#presence(key, said);
    this.#absent.set(key, said);
    const there = [...this.#present].find(([path]) => isWithin(path, key));
    return there && exclude(there[1], said, MISSING);
  }

  /** A comparison is true only where what it compares is there (T0). */
  #needs(node: Node, said: string): Found | undefined {
    return node.op === '.' || node.op === '[]' || node.op === 'id' ? this.#presence(keyOf(node), said) : undefined;
  }

  #presence(key: string, said: string): Found | undefined {
    this.#present.set(key, said);
    const gone = [...this.#absent].find(([path]) => isWithin(key, path));
    return gone && exclude(gone[1], said, MISSING);
  }
}

const MISSING = 'what is compared has to be there: write || between the two';

function isWithin(path: string, of: string): boolean {
  return path === of || path.startsWith(`${of}.`) || path.startsWith(`${of}[`);
}

function never(said: string, hint = 'leave it out, or compare what an event or a record brings'): Found {
  return { message: `\`${said}\` is never true`, hint };
}

function exclude(one: string, other: string, hint?: string): Found {
  return { message: `\`${other}\` is never true where \`${one}\` is`, ...(hint === undefined ? {} : { hint }) };
}

function hintFor(one: Constraint, other: Constraint, what: string): string | undefined {
  const [a, b] = [one, other].map((c) => (c.op === 'in' ? c.values[0]! : c.value)) as [Json, Json];
  if (typeOf(a) !== typeOf(b))
    return `\`${what}\` is compared with ${typeOf(a)} and with ${typeOf(b)}: it is one of them`;
  if (typeof a === 'boolean') return 'write || between the two';
  if (one.op === '==' && other.op === '==') {
    return `write ${what} in [${JSON.stringify(a)}, ${JSON.stringify(b)}], or || between the two`;
  }
  return one.op !== 'in' && other.op !== 'in' && one.op !== '==' && other.op !== '=='
    ? 'between the two there is nothing: turn a sign, or write ||'
    : undefined;
}
