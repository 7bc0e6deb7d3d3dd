/**
 * Expressions: CEL with numbers of one kind (Y2) and without errors at run time (T0). Checked once when a playbook is
 * compiled, evaluated by their source afterwards, so that a compiled playbook stays plain JSON.
 */
import type { ParseResult } from '@marcbachmann/cel-js';
import { type EvaluationEnv, environment, Missing, MOST_SOURCE_CHARS, withEnv } from './cel/environment.ts';
import { type ExpressionError, inspect } from './cel/inspect.ts';
import { type Node, withNumbersOfOneKind } from './cel/tree.ts';
import { inWords } from './cel/words.ts';
import type { Expression, Json } from './model.ts';

export { EXPRESSION_FUNCTIONS } from './cel/functions.ts';
export type { EvaluationEnv, ExpressionError };

/** Parsed expressions that are kept; the least recently used goes first. */
const MOST_PARSED = 4000;

export interface CompileOptions {
  /** Names that the expression may start with; `now` always may. */
  roots: readonly string[];
  expects?: 'bool' | 'number' | 'any';
  /** `since_start(…)` may be asked. */
  counts?: boolean;
  /** For roots whose fields are all known (`steps`, `repeat`, …): the names of their fields. */
  known?: { readonly [root: string]: readonly string[] };
  /** T0's rule for `becomes` and segments: timed values only compared. The paths are timed beside `now` and days. */
  compared?: readonly string[];
}

/** Parses and checks `source`; all errors at once, with offsets in it. */
export function compileExpression(
  source: string,
  options: CompileOptions,
): { expression?: Expression; errors: ExpressionError[] } {
  if (source.length > MOST_SOURCE_CHARS) {
    const message = `an expression has at most ${MOST_SOURCE_CHARS} characters, this one ${source.length}`;
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
    known: options.known ?? {},
    ...(options.compared === undefined ? {} : { compared: options.compared }),
  });
  if (found.errors.length > 0) return { errors: found.errors };
  withNumbersOfOneKind(tree);
  const checked = parsed.check();
  if (!checked.valid) return { errors: [inWords(checked.error, source)] };
  const wrong = wrongType(checked.type ?? 'dyn', options.expects ?? 'any');
  if (wrong !== undefined) return { errors: [{ code: 'CB303', message: wrong, start: 0, end: source.length }] };
  return {
    expression: { cel: source, reads: [...found.reads].sort(), counts: [...found.counts].sort(), timed: found.timed },
    errors: [],
  };
}

const TYPE_WORDS: { [type: string]: string } = { bool: 'true or false', double: 'a number', string: 'a text' };

function wrongType(type: string, expects: 'bool' | 'number' | 'any'): string | undefined {
  const wanted = { bool: 'bool', number: 'double', any: type }[expects];
  if (type === 'dyn' || type === wanted) return undefined;
  return `this gives ${TYPE_WORDS[type] ?? `a ${type}`}, and ${TYPE_WORDS[wanted] ?? wanted} is needed`;
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
export function evaluate(
  expression: Pick<Expression, 'cel'>,
  scope: { readonly [root: string]: unknown },
  env: EvaluationEnv,
): Evaluated {
  const run = runnable(expression.cel);
  try {
    const value: unknown = withEnv(env, () => run(scope));
    return isJson(value) ? { value } : { value: undefined, failed: 'type' };
  } catch (error) {
    return { value: undefined, failed: isMissing(error) ? 'missing' : 'type' };
  }
}

/** True when the expression is true; false when it is false, or ends in a missing field or a wrong type (T0). */
export function holds(
  expression: Pick<Expression, 'cel'>,
  scope: { readonly [root: string]: unknown },
  env: EvaluationEnv,
): boolean {
  return evaluate(expression, scope, env).value === true;
}

const parsedBySource = new Map<string, ParseResult>();

function runnable(source: string): ParseResult {
  const known = parsedBySource.get(source);
  if (known !== undefined) {
    // Set again at the end: a Map's order is then the order of use.
    parsedBySource.delete(source);
    parsedBySource.set(source, known);
    return known;
  }
  const parsed = environment.parse(source);
  withNumbersOfOneKind(parsed.ast as unknown as Node);
  parsed.check();
  parsedBySource.set(source, parsed);
  if (parsedBySource.size > MOST_PARSED) parsedBySource.delete(parsedBySource.keys().next().value!);
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
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
