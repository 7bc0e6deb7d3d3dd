/**
 * Where time alone turns an expression (T0, T14): each comparison of which time moves one side. That side moves ever in one
 * direction while no event comes, so that the moment of the turn can be found and stored as a deadline.
 */

import type { Expression, RecordType, Refers, Turn } from '../../model.ts';
import { own } from '../../records/own.ts';
import { ROOTS } from '../../roots.ts';
import { environment, MAX_SOURCE_CHARS } from '../environment.ts';
import { COMPREHENSIONS, findFunction } from '../functions.ts';
import { type ExpressionError, inspect } from '../inspect.ts';
import { pathOf } from '../paths.ts';
import { printed } from '../print.ts';
import { type Call, callOf, children, type Node } from '../tree.ts';

/** A computed trait that time alone may change, as `contact.score` names it. */
export type TimedTrait =
  | { kind: 'score' }
  | { kind: 'formula'; cel: string }
  | { kind: 'tiers'; ifs: readonly string[] };
export type TimedTraits = { readonly [path: string]: TimedTrait };

/** What a node is to time: moved by it in one direction, or (`unit` absent) in a way that cannot be predicted. */
interface Moved {
  unit?: Turn['unit'];
  record?: RecordType;
}
/** A computed trait that keeps its value between turns that are known: tiers, and formulas that only compare. */
interface Stepped {
  turns: readonly Turn[];
}
interface Place {
  source: string;
  /** Names of elements that a walk over a list gives. */
  locals: ReadonlySet<string>;
  /** The record that has the trait in which this is. */
  record?: RecordType;
}

const COMPARISONS = new Set(['<', '<=', '>', '>=', '==', '!=']);
/** Functions of one moving value that never turn back. */
const STEADY_CALLS = new Set(['round', 'min', 'max', 'double', 'int']);
const NO_LOCALS: ReadonlySet<string> = new Set();

/**
 * The comparisons of an expression that time may turn, each once.
 * @param root the tree as it was parsed from `source`
 * @returns errors (CB304) where something that time moves is not one side of a comparison, whose other side events move
 */
export function turnsOf(root: Node, source: string, known: Known): { turns: Turn[]; errors: ExpressionError[] } {
  return new Finder(known).all(root, { source, locals: NO_LOCALS });
}

interface Known {
  traits: TimedTraits;
  refers: Refers | undefined;
}

class Finder {
  readonly #traits: TimedTraits;
  readonly #refers: Refers | undefined;
  /** Traits that were looked into; `open` while one is, so that a circle ends. */
  readonly #known = new Map<string, Moved | Stepped | 'open'>();

  constructor({ traits, refers }: Known) {
    this.#traits = traits;
    this.#refers = refers;
  }

  all(root: Node, place: Place): { turns: Turn[]; errors: ExpressionError[] } {
    const turns = new Map<string, Turn>();
    const errors: ExpressionError[] = [];
    const add = (turn: Turn) => turns.set(JSON.stringify(turn), turn);
    const visit = (node: Node, at: Place): void => {
      const trait = this.#traitAt(node, at);
      if (trait && 'turns' in trait) trait.turns.forEach(add);
      for (const turn of this.#segmentAt(node)?.turns ?? []) add(turn);
      if (this.#movedAt(node, at)) errors.push(bare(node));
      else if (COMPARISONS.has(node.op) && this.#compared(node, at, add, errors)) {
        // The side opposite the one that moves may change in steps; what is read in it must not move.
        for (const side of node.args as [Node, Node]) {
          const isMoved = this.#movedAt(side, at) !== undefined;
          for (const child of isMoved ? (callOf(side)?.args ?? []) : [side]) visit(child, at);
        }
      } else {
        const call = callOf(node);
        // Whether a value is there at all is for events to say.
        if (call?.name === 'has' && call.args.some((arg) => this.#movedAt(arg, at))) return;
        for (const child of children(node)) visit(child, inside(node, call, child, at));
      }
    };
    visit(root, place);
    return { turns: [...turns.values()], errors };
  }

  /** Notes the turn of a comparison; false where it is none of which exactly one side is what time moves. */
  #compared(node: Node, at: Place, add: (turn: Turn) => void, errors: ExpressionError[]): boolean {
    const [left, right] = node.args as [Node, Node];
    const moved = this.#movedAt(left, at) ?? this.#movedAt(right, at);
    const [moves, against] = this.#movedAt(left, at) ? [left, right] : [right, left];
    if (!moved || this.#moves(against, at)) return false;
    const record = moved.record ?? at.record;
    const place = record === undefined ? {} : { record };
    const { unit } = moved;
    const ofElement = mentions(node, at.locals);
    const sides = unit === undefined || ofElement ? undefined : this.#sides(moves, against, tieOf(node, moves), at);
    if (unit !== undefined && sides) add({ unit, sides, ...place });
    // Of the elements of a list each has a turn of its own: every midnight, or hour, is looked at.
    else if (ofElement && (unit === 'day' || unit === 'hour')) add({ unit, ...place });
    else errors.push(unknowable(moves));
    return true;
  }

  /** Undefined where formulas within formulas grow beyond what an expression may be. */
  #sides(moves: Node, against: Node, tie: -1 | 0 | 1, { source }: Place): Turn['sides'] {
    const expand = (node: Node): string | undefined => {
      const { path, trait } = this.#named(node, NO_LOCALS);
      if (path === undefined || trait?.kind !== 'formula') return undefined;
      const known = this.#known.get(path);
      if (known === undefined || known === 'open' || 'turns' in known) return undefined;
      return printed(parse(trait.cel), trait.cel, expand);
    };
    const moving = printed(moves, source, expand);
    const other = printed(against, source, () => undefined);
    const found = readsOf([moving, other]);
    if (found === undefined) return undefined;
    const named = other.includes('in_segment') ? Object.values(this.#refers?.segments ?? {}) : [];
    const reads = [...new Set([...found, ...named.flatMap((segment) => segment.reads)])].sort();
    const scores = reads.filter((read) => own(this.#traits, read.split('.').slice(0, 2).join('.'))?.kind === 'score');
    const refers = this.#refers && { refers: this.#refers };
    return { moves: { cel: moving, ...refers }, against: { cel: other, ...refers }, reads, scores, tie };
  }

  /** What the node itself is, where time moves it and it is not made of parts that may be compared. */
  #movedAt(node: Node, at: Place): Moved | undefined {
    const path = pathOf(node);
    if (path !== undefined) {
      if (path.names[0] === 'now' && !at.locals.has('now')) return { unit: 'instant' };
      const trait = this.#traitAt(node, at);
      return trait && !('turns' in trait) ? trait : undefined;
    }
    const call = callOf(node);
    const form = call?.receiver === undefined ? 'call' : 'method';
    if (call === undefined || findFunction(call.name, form)?.timed !== true) return undefined;
    // A calendar opens and closes: no direction.
    return call.name === 'is_open' ? {} : { unit: 'day' };
  }

  /** The condition of a segment that a call asks for; it was compiled by the same rule. */
  #segmentAt(node: Node): Expression | undefined {
    const call = callOf(node);
    const name = call?.name === 'in_segment' ? call.args[0]?.args : undefined;
    return typeof name === 'string' ? own(this.#refers?.segments ?? {}, name) : undefined;
  }

  /** True where anything in the node is moved by time. */
  #moves(node: Node, at: Place): boolean {
    return this.#movedAt(node, at) !== undefined || children(node).some((child) => this.#moves(child, at));
  }

  #named(node: Node, locals: ReadonlySet<string>): { path?: string; trait?: TimedTrait } {
    const names = pathOf(node)?.names;
    if (names === undefined || locals.has(names[0]!)) return {};
    const path = names.slice(0, 2).join('.');
    const trait = own(this.#traits, path);
    return trait === undefined ? {} : { path, trait };
  }

  #traitAt(node: Node, at: Place): Moved | Stepped | undefined {
    const { path, trait } = this.#named(node, at.locals);
    if (path === undefined || trait === undefined) return undefined;
    const record = path.split('.')[0] as RecordType;
    if (trait.kind === 'score') return { unit: 'hour', record };
    const known = this.#known.get(path);
    // A trait that leads back to itself says nothing that could be known.
    if (known !== undefined) return known === 'open' ? { record } : known;
    this.#known.set(path, 'open');
    const found = this.#lookInto(trait, record);
    this.#known.set(path, found);
    return found;
  }

  #lookInto(trait: Exclude<TimedTrait, { kind: 'score' }>, record: RecordType): Moved | Stepped {
    const sources = trait.kind === 'tiers' ? trait.ifs : [trait.cel];
    const bodies = sources.map((source) => ({ root: parse(source), place: { source, locals: NO_LOCALS, record } }));
    const found = bodies.map(({ root, place }) => this.all(root, place));
    if (found.every(({ errors }) => errors.length === 0)) return { turns: found.flatMap(({ turns }) => turns) };
    const [first] = bodies;
    const unit = trait.kind === 'formula' && first ? this.#direction(first.root, first.place) : undefined;
    return unit === undefined ? { record } : { unit, record };
  }

  /** The unit in which a node moves in one direction; undefined where that is not known. */
  #direction(node: Node, at: Place): Turn['unit'] | undefined {
    const moved = this.#movedAt(node, at);
    if (moved) return callOf(node)?.args.some((arg) => this.#moves(arg, at)) ? undefined : moved.unit;
    if (node.op === '-_') return this.#direction(node.args as Node, at);
    const call = callOf(node);
    const isSteady = call !== undefined && call.receiver === undefined && STEADY_CALLS.has(call.name);
    if (!isSteady && !['+', '-', '*', '/'].includes(node.op)) return undefined;
    const parts = children(node);
    const moving = parts.filter((part) => this.#moves(part, at));
    // A divisor that moves may go through nothing, and two that move may move against each other.
    if (moving.length !== 1 || (node.op === '/' && moving[0] !== parts[0])) return undefined;
    return this.#direction(moving[0]!, at);
  }
}

/** `moves > x` is as false where both are equal as where `moves` is less; `moves >= x` as true as where it is more. */
function tieOf({ op, args }: Node, moves: Node): -1 | 0 | 1 {
  if (op === '==' || op === '!=') return 0;
  const isLeft = (args as [Node, Node])[0] === moves;
  return (op === '>' || op === '<=') === isLeft ? -1 : 1;
}

function inside(node: Node, call: Call | undefined, child: Node, at: Place): Place {
  if (call?.receiver === undefined || !COMPREHENSIONS.has(call.name) || child === call.receiver) return at;
  const [element] = call.args;
  return element?.op === 'id' && node.op === 'rcall'
    ? { ...at, locals: new Set([...at.locals, element.args as string]) }
    : at;
}

function mentions(node: Node, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  return (node.op === 'id' && names.has(node.args as string)) || children(node).some((child) => mentions(child, names));
}

/** Everything that the sources read, sorted; undefined where one is too large to be parsed. */
function readsOf(sources: readonly string[]): string[] | undefined {
  const reads = new Set<string>();
  for (const source of sources) {
    if (source.length > MAX_SOURCE_CHARS) return undefined;
    let root: Node;
    try {
      root = parse(source);
    } catch (error) {
      if ((error as { code?: unknown }).code === 'limit_exceeded') return undefined;
      throw error;
    }
    for (const read of inspect(root, { roots: ROOTS, counts: false, overviews: true, known: {}, around: undefined })
      .reads)
      reads.add(read);
  }
  return [...reads].sort();
}

function parse(source: string): Node {
  return environment.parse(source).ast as unknown as Node;
}

const HINT = 'days_since(contact.last_seen) > 30';

function bare(node: Node): ExpressionError {
  const message =
    'here, a value that changes with time may only be compared with a constant or with what events change';
  return { code: 'CB304', start: node.start, end: node.end, message, hint: HINT };
}

function unknowable(node: Node): ExpressionError {
  const message = 'the moment at which this comparison changes cannot be known';
  const hint = `compare one value that changes with time with what events change: ${HINT}`;
  return { code: 'CB304', start: node.start, end: node.end, message, hint };
}
