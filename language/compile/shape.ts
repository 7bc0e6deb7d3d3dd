/** Checks a value against a zod schema, and says what is wrong in words, at its place. */
import type { z } from 'zod';
import { kindOf } from '../duration.ts';
import { didYouMean } from '../nearest.ts';
import type { Path } from '../syntax.ts';
import type { FileReport } from './report.ts';

type Issue = z.core.$ZodIssue;

/** The value as the schema reads it; undefined, and reported, when it has another shape. */
export function checkShape<T>(value: unknown, schema: z.ZodType<T>, path: Path, report: FileReport): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(issue, value, schema, path, report);
  return undefined;
}

/** Keys of the value itself that the schema does not know. */
export function unknownKeys(value: unknown, schema: z.ZodType): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((i) => (i.code === 'unrecognized_keys' && i.path.length === 0 ? i.keys : []));
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
      return `${wanted(issue)} is needed here, not ${kindOf(came)}`;
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

function hintOf(issue: Issue, came: unknown): string | undefined {
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
