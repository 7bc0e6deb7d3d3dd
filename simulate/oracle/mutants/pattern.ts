/**
 * Patterns of code, written as code, for places that are found whatever their locals are called and however they are laid
 * out:
 *
 * - `$name` is any expression (alone as a statement: any statement), the same one wherever the name stands;
 * - `$.a.b` is whatever ends in `.a.b`: `x.a.b`, `x.y.a.b`, and for `$.b` a local that was destructured from a `b`;
 * - `$` is anything, and `...$` in a list is any number of items;
 * - every other name is itself, so patterns name properties and functions, and no locals.
 *
 * A text that begins as `name:` is one property of an object, one that ends in `;` a statement, and any other an
 * expression. `const` is any declaration, and `?.` is `.`.
 */
import { type Node, parse } from 'acorn';

export type Tree = Node & { [field: string]: unknown };
/** What the references of a pattern are in the code. */
export type Bindings = ReadonlyMap<string, Tree>;

export interface Code {
  text: string;
  program: Tree;
}

export interface Match {
  node: Tree;
  bindings: Bindings;
}

/** Fields of nodes that tell how something is written, not what it is. */
const LAYOUT = new Set(['type', 'start', 'end', 'raw', 'kind', 'optional', 'shorthand']);
/** Expressions that can be put anywhere without brackets. */
const SIMPLE = /^(This|Member|Call|Array)Expression$/;

/** @throws SyntaxError for what is no module */
export function codeOf(text: string): Code {
  return { text, program: parse(text, { ecmaVersion: 'latest', sourceType: 'module' }) as Node as Tree };
}

/** @throws SyntaxError for what is no code */
export function patternOf(text: string): Tree {
  const isProperty = /^\w+:/.test(text);
  const source = isProperty ? `({ ${text} })` : text.endsWith(';') ? text : `(${text})`;
  const options = { ecmaVersion: 'latest', allowReturnOutsideFunction: true } as const;
  const statement = (parse(source, options) as Node as { body: Tree[] } & Tree).body[0]!;
  if (isProperty) return ((statement.expression as Tree).properties as Tree[])[0]!;
  return text.endsWith(';') ? statement : (statement.expression as Tree);
}

/** Every place that a pattern fits, given what some references already are. */
export function matchesIn(code: Code, pattern: Tree, given: Bindings = new Map()): Match[] {
  const search = { code, sources: destructuredIn(code.program) };
  const found: Match[] = [];
  for (const node of nodesOf(code.program)) {
    const bindings = new Map(given);
    if (unwrapped(node) === node && fits(pattern, node, { ...search, bindings })) found.push({ node, bindings });
  }
  return found;
}

/** The code with a match replaced by a text, in which references are what they are bound to and `$this` the match. */
export function replaced({ text }: Code, { node, bindings }: Match, replacement: string): string {
  const all = new Map(bindings).set('$this', node);
  const filled = replacement.replace(/\$[\w.]*/g, (reference) => {
    // `$.a.b` is bound as a whole, but `$name.b` is a property of what `$name` is.
    const name = all.has(reference) ? reference : reference.split('.')[0]!;
    const bound = all.get(name);
    if (!bound) throw new Error(`${reference} is nothing that the pattern binds`);
    const source = text.slice(bound.start, bound.end);
    return (SIMPLE.test(bound.type) ? source : inBrackets(bound, source)) + reference.slice(name.length);
  });
  return text.slice(0, node.start) + inBrackets(node, filled) + text.slice(node.end);
}

export function* nodesOf(tree: Tree): Generator<Tree> {
  yield tree;
  for (const child of Object.values(tree).flat()) if (isNode(child)) yield* nodesOf(child);
}

function inBrackets({ type }: Tree, text: string): string {
  return type.endsWith('Expression') ? `(${text})` : text;
}

interface Search {
  code: Code;
  /** Local name → the properties that were destructured into it. */
  sources: ReadonlyMap<string, ReadonlySet<string>>;
  bindings: Map<string, Tree>;
}

function fits(pattern: Tree, node: Tree, search: Search): boolean {
  const wanted = unwrapped(pattern);
  const there = unwrapped(node);
  const reference = referenceOf(wanted);
  if (reference !== undefined) {
    const tail = reference.startsWith('$.') ? reference.split('.').slice(1) : [];
    if (!endsIn(there, tail, search)) return false;
    return reference === '$' || isBound(reference, there, search);
  }
  if (wanted.type !== there.type) return false;
  return Object.keys(wanted).every((field) => LAYOUT.has(field) || isLike(wanted[field], there[field], search));
}

function isLike(wanted: unknown, there: unknown, search: Search): boolean {
  if (Array.isArray(wanted)) return Array.isArray(there) && isListLike(wanted, there, search);
  if (isNode(wanted)) return isNode(there) && fits(wanted, there, search);
  return wanted === there;
}

function isListLike(wanted: readonly Tree[], there: readonly Tree[], search: Search): boolean {
  const any = wanted.findIndex((item) => item.type === 'SpreadElement' && referenceOf(item.argument as Tree) === '$');
  if (any < 0) return wanted.length === there.length && wanted.every((item, i) => fits(item, there[i]!, search));
  const behind = wanted.slice(any + 1);
  if (there.length < any + behind.length) return false;
  return (
    isListLike(wanted.slice(0, any), there.slice(0, any), search) &&
    isListLike(behind, there.slice(there.length - behind.length), search)
  );
}

/** `$name`, `$.a.b` or `$`; undefined for what is none of them. */
function referenceOf(pattern: Tree): string | undefined {
  if (pattern.type === 'ExpressionStatement') return referenceOf(pattern.expression as Tree);
  if (pattern.type === 'Identifier') return String(pattern.name).startsWith('$') ? String(pattern.name) : undefined;
  if (pattern.type !== 'MemberExpression' || pattern.computed) return undefined;
  const object = referenceOf(pattern.object as Tree);
  return object === '$' || object?.startsWith('$.') ? `${object}.${(pattern.property as Tree).name}` : undefined;
}

function endsIn(node: Tree, tail: readonly string[], search: Search): boolean {
  const last = tail.at(-1);
  if (last === undefined) return true;
  const there = unwrapped(node);
  if (there.type === 'Identifier') {
    return tail.length === 1 && search.sources.get(String(there.name))?.has(last) === true;
  }
  if (there.type !== 'MemberExpression' || there.computed || (there.property as Tree).name !== last) return false;
  return endsIn(there.object as Tree, tail.slice(0, -1), search);
}

function isBound(reference: string, node: Tree, { code, bindings }: Search): boolean {
  const known = bindings.get(reference);
  if (!known) bindings.set(reference, node);
  return !known || code.text.slice(known.start, known.end) === code.text.slice(node.start, node.end);
}

function unwrapped(node: Tree): Tree {
  if (node.type === 'ChainExpression') return node.expression as Tree;
  const [only, ...others] = node.type === 'BlockStatement' ? (node.body as Tree[]) : [];
  return only && others.length === 0 ? only : node;
}

function destructuredIn(program: Tree): Map<string, Set<string>> {
  const sources = new Map<string, Set<string>>();
  for (const node of nodesOf(program)) {
    if (node.type !== 'ObjectPattern') continue;
    for (const { key, value } of node.properties as { [field: string]: Tree }[]) {
      const local = value?.type === 'AssignmentPattern' ? (value.left as Tree) : value;
      if (local?.type !== 'Identifier') continue;
      const name = String(local.name);
      sources.set(name, (sources.get(name) ?? new Set()).add(String(key!.name)));
    }
  }
  return sources;
}

function isNode(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
