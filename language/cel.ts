/**
 * Expressions: CEL with numbers of one kind (Y2) and without errors at run time (T0). Checked once when a playbook is
 * compiled, evaluated by their source afterwards, so that a compiled playbook stays plain JSON.
 */
import type { ParseResult } from '@marcbachmann/cel-js';
import { withCountedSteps } from './cel/budget.ts';
import {
  type EvaluationEnv,
  environment,
  isExhausted,
  MAX_SOURCE_CHARS,
  Missing,
  weigh,
  withEnv,
} from './cel/environment.ts';
import { type ExpressionError, inspect } from './cel/inspect.ts';
import { plain, readable } from './cel/members.ts';
import type { Around } from './cel/named.ts';
import { withOneEquality } from './cel/one-equality.ts';
import { withInstantsBesideNow } from './cel/time/beside-now.ts';
import { type TimedTraits, turnsOf } from './cel/time/turns.ts';
import { type Node, withNumbersOfOneKind } from './cel/tree.ts';
import { inWords } from './cel/words.ts';
import type { Expression, Json, Refers, Side } from './model.ts';

export { EXPRESSION_FUNCTIONS } from './cel/functions.ts';
export type { Around, EvaluationEnv, ExpressionError, TimedTraits };

/** Sources whose parsed form is kept for the next object that says the same; the least recently used goes first. */
const MAX_PARSED = 4000;

export interface CompileOptions {
  /** Names that the expression may start with; `now` always may. */
  roots: readonly string[];
  expects?: 'bool' | 'number' | 'any';
  /** `since_start(…)` may be asked. */
  counts?: boolean;
  /** What is counted over all records may be read without an enrolment: in segments, of which steps ask (W3). */
  overviews?: boolean;
  /** For roots with a known set of fields (`steps`, `repeat`, …): the names of their fields. */
  known?: { readonly [root: string]: readonly string[] };
  /**
   * T0's rule for `becomes` and segments: what time moves may only be compared, and the expression says when that changes.
   * These computed traits may change with time, as `now` and days do.
   */
  compared?: TimedTraits;
  /** Segments and calendars that its functions may name; without it they may name none. */
  around?: Around;
}

/** Parses and checks `source`; all errors at once, with offsets in it. */
export function compileExpression(
  source: string,
  options: CompileOptions,
): { expression?: Expression; errors: ExpressionError[] } {
  if (source.length > MAX_SOURCE_CHARS) {
    const message = `an expression has at most ${MAX_SOURCE_CHARS} characters, this one ${source.length}`;
    return {
      errors: [{ code: 'CB301', message, start: 0, end: source.length, hint: 'compute part of it as a trait' }],
    };
  }
  let parsed: ParseResult;
  try {
    parsed = environment.parse(source);
  } catch (error) {
    return { errors: [inWords(error, source)] };
  }
  const tree = parsed.ast as unknown as Node;
  const found = inspect(tree, {
    roots: options.roots,
    counts: options.counts === true,
    overviews: options.counts === true || options.overviews === true,
    known: options.known ?? {},
    around: options.around,
  });
  const { turns, errors } =
    options.compared === undefined
      ? { turns: [], errors: [] }
      : turnsOf(tree, source, { traits: options.compared, refers: found.refers });
  if (found.errors.length + errors.length > 0) return { errors: [...found.errors, ...errors] };
  withNumbersOfOneKind(tree);
  const checked = parsed.check();
  if (!checked.valid) return { errors: [inWords(checked.error, source)] };
  const wrong = wrongType(checked.type ?? 'dyn', options.expects ?? 'any');
  if (wrong !== undefined) return { errors: [{ code: 'CB303', ...wrong, start: 0, end: source.length }] };
  return {
    expression: {
      cel: source,
      reads: [...found.reads].sort(),
      counts: [...found.counts].sort(),
      timed: found.timed,
      ...(turns.length === 0 ? {} : { turns }),
      ...(found.refers && { refers: found.refers }),
    },
    errors: [],
  };
}

const TYPE_WORDS: { [type: string]: string } = { bool: 'true or false', double: 'a number', string: 'a text' };

function wrongType(type: string, expects: 'bool' | 'number' | 'any'): { message: string; hint?: string } | undefined {
  if (type === 'Length') {
    return { message: 'this gives a length alone', hint: 'add it to a date or an instant: now + duration("7d")' };
  }
  const wanted = { bool: 'bool', number: 'double', any: type }[expects];
  if (type === 'dyn' || type === wanted) return undefined;
  return { message: `this gives ${TYPE_WORDS[type] ?? `a ${type}`}, and ${TYPE_WORDS[wanted] ?? wanted} is needed` };
}

export interface Evaluated {
  value: Json | undefined;
  /** Why there is no value: a field that is not there, or a value of the wrong type (which operators see counted). */
  failed?: 'missing' | 'type';
}

/**
 * The value of a compiled expression. Never throws: a missing field and a wrong type are answers (T0).
 * @param scope the roots: records with their traits, `event`, `trigger`, … and `now`; instants are ISO texts
 */
export function evaluate(expression: Side, scope: { readonly [root: string]: unknown }, env: EvaluationEnv): Evaluated {
  const { refers } = expression;
  const running = refers === undefined ? env : { ...env, refers, inSegment: segmentsIn(refers, scope, env) };
  return withEnv(running, runnable(expression), scope, result);
}

/** Whether the scope is in a segment; each is looked at once in an evaluation, and a missing field is no member (T0). */
function segmentsIn({ segments = {} }: Refers, scope: { readonly [root: string]: unknown }, env: EvaluationEnv) {
  const known = new Map<string, boolean>();
  return (name: string): boolean | undefined => {
    if (!known.has(name) && Object.hasOwn(segments, name)) known.set(name, holds(segments[name]!, scope, env));
    return known.get(name);
  };
}

/** Inside of the environment, so that a value that takes too many steps to look through is none, either. */
function result(run: ParseResult, scope: { readonly [root: string]: unknown }): Evaluated {
  try {
    const value: unknown = run(scope);
    if (typeof value === 'boolean') return isExhausted() ? WRONG : value ? TRUE : FALSE;
    if (typeof value === 'object') weigh(value);
    return isJson(value) && !isExhausted() ? { value } : WRONG;
  } catch (error) {
    if (isUnreadable(error) && !isExhausted()) {
      const again = readable(scope) as typeof scope;
      if (again !== scope) return withPlainValue(result(run, again));
    }
    return isMissing(error) && !isExhausted() ? MISSING : WRONG;
  }
}

function withPlainValue(evaluated: Evaluated): Evaluated {
  return evaluated.value === undefined ? evaluated : { value: plain(evaluated.value) as Json };
}

/** The library does not know what an object is: one of its members is called `constructor`. */
function isUnreadable(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'unsupported_type';
}

const TRUE: Evaluated = Object.freeze({ value: true });
const FALSE: Evaluated = Object.freeze({ value: false });
const MISSING: Evaluated = Object.freeze({ value: undefined, failed: 'missing' });
const WRONG: Evaluated = Object.freeze({ value: undefined, failed: 'type' });

/** True when the expression is true; false when it is false, or ends in a missing field or a wrong type (T0). */
export function holds(expression: Side, scope: { readonly [root: string]: unknown }, env: EvaluationEnv): boolean {
  return evaluate(expression, scope, env).value === true;
}

/** The checked tree of a compiled expression, to be read only: whole numbers are doubles in it, functions are ours. */
export function treeOf(expression: Pick<Expression, 'cel'>): Node {
  return runnable(expression).ast as unknown as Node;
}

/** A deployed playbook's expressions are parsed once each, as long as the playbook is held: however many there are. */
const parsedByExpression = new WeakMap<object, ParseResult>();
const parsedBySource = new Map<string, ParseResult>();

function runnable(expression: Pick<Expression, 'cel'>): ParseResult {
  let parsed = parsedByExpression.get(expression);
  if (parsed === undefined) {
    parsed = parsedFrom(expression.cel);
    parsedByExpression.set(expression, parsed);
  }
  return parsed;
}

function parsedFrom(source: string): ParseResult {
  const known = parsedBySource.get(source);
  // Set again at the end: a Map's order is then the order of use.
  if (known !== undefined) parsedBySource.delete(source);
  const parsed = known ?? parse(source);
  parsedBySource.set(source, parsed);
  if (parsedBySource.size > MAX_PARSED) parsedBySource.delete(parsedBySource.keys().next().value!);
  return parsed;
}

function parse(source: string): ParseResult {
  const parsed = environment.parse(source);
  const tree = parsed.ast as unknown as Node;
  withNumbersOfOneKind(tree);
  withInstantsBesideNow(tree);
  withOneEquality(tree);
  withCountedSteps(tree);
  parsed.check();
  return parsed;
}

const MISSING_CODES = new Set(['no_such_key', 'unknown_variable', 'index_out_of_bounds']);

function isMissing(error: unknown): boolean {
  if (error instanceof Missing) return true;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return (typeof code === 'string' && MISSING_CODES.has(code)) || cause instanceof Missing;
}

/** Numbers that JSON cannot say (infinite, not a number) and the library's own objects are no values of ours. */
function isJson(value: unknown): value is Json {
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object') return false;
  if (value instanceof Map) return [...value.values()].every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
