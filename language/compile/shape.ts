/** Checks a value against a zod schema, and says what is wrong in words, at its place. */
import type { z } from 'zod';
import { didYouMean } from '../diagnostics/nearest.ts';
import type { Path } from '../syntax.ts';
import { kindOf } from '../time/duration.ts';
import type { FileReport } from './report.ts';

type Issue = z.core.$ZodIssue;

/**
 * The value as the schema reads it; undefined, and reported, when it has another shape.
 * @param others keys of the value of which somebody else says what is wrong with them
 */
export function checkShape<T>(
  value: unknown,
  schema: z.ZodType<T>,
  path: Path,
  report: FileReport,
  others: ReadonlySet<string> = new Set(),
): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    if (!others.has(String(issue.path[0] ?? ''))) reportIssue(issue, value, schema, path, report);
  }
  return undefined;
}

/** Keys of the value itself that the schema does not know. */
export function unknownKeys(value: unknown, schema: z.ZodType): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((i) => (i.code === 'unrecognized_keys' && i.path.length === 0 ? i.keys : []));
}

/** The keys of the value under which it does not fit the schema; all of them where it does not fit as a whole. */
export function faultyKeys(value: { [key: string]: unknown }, schema: z.ZodType): ReadonlySet<string> {
  const result = schema.safeParse(value);
  if (result.success) return new Set();
  return new Set(result.error.issues.map((issue) => String(issue.path[0] ?? '')));
}

function reportIssue(issue: Issue, root: unknown, schema: z.ZodType, base: Path, report: FileReport): void {
  const inner = issue.path as Path;
  const path = [...base, ...inner];
  if (issue.code === 'invalid_union') {
    const branch = closest(issue.errors);
    if (branch !== undefined) {
      for (const nested of branch) {
        reportIssue({ ...nested, path: [...inner, ...nested.path] } as Issue, root, schema, base, report);
      }
      return;
    }
  }
  const came = at(root, inner);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, inner);
    for (const key of issue.keys) {
      report.key([...path, key], { code: 'CB201', message: `unknown key \`${key}\``, hint: didYouMean(key, known) });
    }
    return;
  }
  if (came === undefined && inner.length > 0) {
    const message = `\`${String(inner.at(-1))}\` is missing`;
    report.at(path, { code: 'CB203', message, hint: `it takes ${wanted(issue)}` });
    return;
  }
  report.at(path, { code: 'CB202', message: sentence(issue, came), hint: hintOf(issue, came) });
}

/** The branch of a union that the value comes nearest to: the one that is wrong furthest inside. */
function closest(branches: readonly Issue[][]): Issue[] | undefined {
  const depth = (issues: Issue[]) => Math.max(...issues.map((issue) => issue.path.length));
  const inside = branches.filter((issues) => issues.length > 0 && (depth(issues) > 0 || hasOnlyUnknownKeys(issues)));
  return inside.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
}

function hasOnlyUnknownKeys(issues: Issue[]): boolean {
  return issues.every((issue) => issue.code === 'unrecognized_keys');
}

const KINDS: { [expected: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_type') return KINDS[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ');
  if (issue.code === 'invalid_union') {
    const kinds = issue.errors.flatMap((branch) => branch.slice(0, 1).map(wanted));
    return [...new Set(kinds)].join(' or ');
  }
  return 'a value';
}

function sentence(issue: Issue, came: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
      return `${wanted(issue)} is needed here, not ${kindInWords(came)}`;
    case 'invalid_value':
      return `${shown(came)} is not one of the values that stand here`;
    case 'too_small':
      return `${shown(came)} is too small: at least ${issue.minimum}`;
    case 'too_big':
      return `${shown(came)} is too large: at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

/** `the text "3"`, `2.5`, `a list`: what came where another kind is needed. */
function kindInWords(came: unknown): string {
  if (typeof came === 'string') return `the text \`${came.length > 40 ? `${came.slice(0, 40)}…` : came}\``;
  return typeof came === 'number' || typeof came === 'boolean' ? `\`${came}\`` : kindOf(came);
}

function hintOf(issue: Issue, came: unknown): string | undefined {
  if (issue.code === 'too_small' && typeof came === 'number') return `write ${issue.minimum} or more`;
  if (issue.code === 'too_small' && Array.isArray(came)) return `name ${issue.minimum} or more`;
  if (issue.code === 'too_big' && typeof came === 'number') return `write ${issue.maximum} or less`;
  if (issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int')) {
    if (typeof came === 'number') return `write ${Math.floor(came)} or ${Math.ceil(came)}`;
    return typeof came === 'string' && /^\d+(\.\d+)?$/.test(came) ? `write ${came}, without quotes` : undefined;
  }
  if (issue.code !== 'invalid_value') return undefined;
  const values = issue.values.map(String);
  return typeof came === 'string' ? didYouMean(came, values) : `allowed are ${values.join(', ')}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'a map';
  return `\`${String(value)}\``;
}

function at(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) value = (value as { [key: string]: unknown } | null | undefined)?.[part];
  return value;
}

/** Every key that the schema knows at a path, those of all branches of a union. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  const { def } = schema as unknown as { def: Definition };
  switch (def.type) {
    case 'object': {
      const shape = def.shape ?? {};
      const [first, ...rest] = path;
      if (first === undefined) return Object.keys(shape);
      const field = shape[String(first)];
      return field === undefined ? [] : keysAt(field, rest);
    }
    case 'array':
      return path.length === 0 || def.element === undefined ? [] : keysAt(def.element, path.slice(1));
    case 'record':
      return path.length === 0 || def.valueType === undefined ? [] : keysAt(def.valueType, path.slice(1));
    case 'union':
      return [...new Set((def.options ?? []).flatMap((option) => keysAt(option, path)))];
    case 'lazy':
      return def.getter === undefined ? [] : keysAt(def.getter(), path);
    case 'pipe':
      return def.in === undefined ? [] : keysAt(def.in, path);
    default:
      return def.innerType === undefined ? [] : keysAt(def.innerType, path);
  }
}

interface Definition {
  type: string;
  shape?: { [key: string]: z.ZodType };
  element?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  getter?: () => z.ZodType;
  in?: z.ZodType;
  innerType?: z.ZodType;
}
