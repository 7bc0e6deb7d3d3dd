/**
 * Finds conditions that can never be true, whatever events and records bring: `event.a == 1 && event.a == 2`. It looks for
 * parts of one conjunction that exclude each other and says nothing where it is not sure, so that what it says is so.
 */
import type { ParseResult } from '@marcbachmann/cel-js';
import { environment } from './environment.ts';
import { Facts, type Found, type Part } from './facts.ts';
import { callOf, type Node } from './tree.ts';

export interface NeverTrue extends Found {
  /** Offsets in the source of the part that cannot hold together with the rest. */
  start: number;
  end: number;
}

/** Why an expression that compiles can never be true; undefined where it may be, and where that is not known. */
export function whyNeverTrue(source: string): NeverTrue | undefined {
  let parsed: ParseResult;
  try {
    parsed = environment.parse(source);
  } catch {
    return undefined; // who compiles it has said why
  }
  return new Search(source).conjunction([{ node: parsed.ast as unknown as Node, not: false }]);
}

class Search {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  conjunction(parts: readonly Part[]): NeverTrue | undefined {
    const atoms: Part[] = [];
    const choices: { of: Part; branches: Part[][] }[] = [];
    for (const part of parts) flatten(part, atoms, choices);
    const facts = new Facts((node) => this.#show(node));
    for (const atom of atoms) {
      const found = facts.add(atom) ?? this.#inside(atom);
      if (found !== undefined) return { ...found, start: atom.node.start, end: atom.node.end };
    }
    // A choice fails where each of its branches contradicts what holds anyway.
    for (const { of, branches } of choices) {
      const failed = branches.map((branch) => this.conjunction([...atoms, ...branch]));
      const [first] = failed;
      if (first === undefined || !failed.every((one) => one !== undefined)) continue;
      if (failed.length === 1) return first;
      const message = `no branch of \`${this.#show(of.node)}\` can be true: ${first.message}`;
      return { message, start: of.node.start, end: of.node.end };
    }
    return undefined;
  }

  /** `list.exists(x, …)` is never true where what it asks of an element never is. */
  #inside({ node, not }: Part): Found | undefined {
    const call = callOf(node);
    const body = call?.args[1];
    if (not || body === undefined || call?.receiver === undefined) return undefined;
    if (call.name !== 'exists' && call.name !== 'exists_one') return undefined;
    return this.conjunction([{ node: body, not: false }]);
  }

  #show(node: Node): string {
    const text = this.#source.slice(node.start, node.end);
    // The library leaves the last bracket of a group out of what is before it.
    const open = [...text].filter((c) => c === '(').length - [...text].filter((c) => c === ')').length;
    return text + ')'.repeat(Math.max(0, open));
  }
}

/** `a && b` into its parts, `!` moved inwards; `||` and `? :` into choices. */
function flatten(part: Part, atoms: Part[], choices: { of: Part; branches: Part[][] }[]): void {
  const { node, not } = part;
  if (node.op === '!_') {
    flatten({ node: node.args as Node, not: !not }, atoms, choices);
  } else if (node.op === '&&' || node.op === '||') {
    const sides = (node.args as Node[]).map((side) => ({ node: side, not }));
    if ((node.op === '&&') !== not) for (const side of sides) flatten(side, atoms, choices);
    else choices.push({ of: part, branches: sides.map((side) => [side]) });
  } else if (node.op === '?:') {
    const [test, yes, no] = node.args as [Node, Node, Node];
    const branches = [
      [
        { node: test, not: false },
        { node: yes, not },
      ],
      [
        { node: test, not: true },
        { node: no, not },
      ],
    ];
    choices.push({ of: part, branches });
  } else atoms.push(part);
}
