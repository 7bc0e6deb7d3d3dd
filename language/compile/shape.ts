/** Checks a value against a zod schema, and says what is wrong in words, at its place. */

import { z } from 'zod';
import { didYouMean, nearest } from '../diagnostics/nearest.ts';
import { own } from '../records/own.ts';
import type { Path } from '../syntax.ts';
import { kindOf } from '../time/duration.ts';
import { pathKey } from '../yaml.ts';
import { doneOtherwise, IN_PLACE_OF, keyMeant, notInThisRelease } from './lint/hints.ts';
import { hintForValue, ownHint } from './lint/meant/value-hints.ts';
import type { FileReport } from './report.ts';

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.JSONSchema;

/** What is checked, and where it is in a file. */
interface Checked {
  value: unknown;
  schema: z.ZodType;
  path: Path;
  report: FileReport;
}

/** The value as the schema reads it; undefined, and reported, when it has another shape. */
export function checkShape<T>(value: unknown, schema: z.ZodType<T>, path: Path, report: FileReport): T | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  reportIssues(result.error.issues, { value, schema, path, report });
  return undefined;
}

/** Keys of the value itself that the schema does not know. */
export function unknownKeys(value: unknown, schema: z.ZodType): string[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.flatMap((i) => (i.code === 'unrecognized_keys' && i.path.length === 0 ? i.keys : []));
}

/** The key of the value under which it does not fit; '' where it does not fit as a whole. */
export function faultyKey(issue: Issue): string {
  return String(issue.path[0] ?? '');
}

/** Reports what a schema says of a value. A key that is misspelt is one fault, and not also the lack of another. */
export function reportIssues(issues: readonly Issue[], checked: Checked): void {
  const misspelt = new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      const known = keysAt(checked.schema, issue.path as Path);
      const meant = issue.keys.map(
        (key) => glued(key, known) ?? keyMeant(key, known) ?? own(IN_PLACE_OF, key) ?? nearest(key, known),
      );
      return meant.map((key) => pathKey([...(issue.path as Path), key ?? '']));
    }),
  );
  const wrong = new Set(issues.map((issue) => pathKey(issue.path as Path)));
  const missing: Issue[] = [];
  for (const issue of issues) {
    // What is said of the whole, as that one of two keys is needed, comes of a key that is none.
    if (issue.code === 'custom' && issue.path.length === 0 && misspelt.size > 0) continue;
    const isMissing = issue.path.length > 0 && at(checked.value, issue.path as Path) === undefined;
    if (!isMissing) reportIssue(issue, checked);
    else if (!misspelt.has(pathKey(issue.path as Path)) && !comesOfAnother(issue, wrong)) missing.push(issue);
  }
  reportMissing(missing, checked);
}

/** What one map lacks is one fault, however many keys it is. */
function reportMissing(issues: readonly Issue[], checked: Checked): void {
  const maps = new Map<string, Issue[]>();
  for (const issue of issues) {
    const map = pathKey(issue.path.slice(0, -1) as Path);
    maps.set(map, [...(maps.get(map) ?? []), issue]);
  }
  for (const lacking of maps.values()) {
    const names = lacking.map((issue) => `\`${String(issue.path.at(-1))}\``);
    const hints = lacking.map((issue) => {
      const path = [...checked.path, ...(issue.path as Path)];
      return hintForValue(path, undefined) ?? `it takes ${wanted(issue)}`;
    });
    const path = [...checked.path, ...(lacking[0]!.path as Path)];
    const last = names.at(-1)!;
    const all = names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
    const message = `${all} ${names.length === 1 ? 'is' : 'are'} missing`;
    checked.report.at(path, { code: 'CB203', message, hint: hints.join('; ') });
  }
}

/** `send: cart-reminder`: the template stands where the channel should, and is missing for that. */
const STANDS_AT: { [missing: string]: string } = { template: 'send', arms: 'split', steps: 'repeat', event: 'count' };

function comesOfAnother(issue: Issue, wrong: ReadonlySet<string>): boolean {
  const other = STANDS_AT[String(issue.path.at(-1))];
  return other !== undefined && wrong.has(pathKey([...(issue.path.slice(0, -1) as Path), other]));
}

/** `trigger:{ event`: a key of ours with what should stand behind a blank. */
function glued(key: string, known: readonly string[]): string | undefined {
  const name = /^([\w-]+):/.exec(key)?.[1];
  return name !== undefined && known.includes(name) ? name : undefined;
}

function hintForKey(key: string, known: readonly string[]): string | undefined {
  const name = glued(key, known);
  if (name !== undefined) return `a blank is missing behind the colon: ${name}: ${key.slice(name.length + 1)}`;
  const later = notInThisRelease(key);
  if (later !== undefined && nearest(key, known) === undefined) return `it is not in this release; ${later}`;
  const meant = keyMeant(key, known);
  return meant === undefined ? doneOtherwise(key, known) : `did you mean \`${meant}\`?`;
}

function reportIssue(issue: Issue, checked: Checked): void {
  const { schema, report } = checked;
  const inner = issue.path as Path;
  const path = [...checked.path, ...inner];
  if (issue.code === 'invalid_union') {
    const branch = closest(issue.errors);
    if (branch !== undefined) {
      const nested = branch.map((one) => ({ ...one, path: [...inner, ...one.path] }) as Issue);
      reportIssues(nested, checked);
      return;
    }
  }
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, inner);
    for (const key of issue.keys) report.unknownKey([...path, key], known, hintForKey(key, known));
    return;
  }
  if (issue.code === 'invalid_key') {
    const name = String(inner.at(-1));
    const message = `\`${name}\` cannot be a name: ${issue.issues[0]?.message}`;
    const word = name
      .trim()
      .replaceAll(/\W+/g, '_')
      .replace(/^(?=\d)/, '_');
    report.key(path, { code: 'CB202', message, ...(/[A-Za-z]/.test(word) && { hint: `write ${word}` }) });
    return;
  }
  const came = at(checked.value, inner);
  report.at(path, {
    code: 'CB202',
    message: sentence(issue, came),
    hint: givenHint(issue) ?? ownHint(path, came) ?? hintOf(issue, came) ?? hintForValue(path, came),
  });
}

/** What the schema itself says to write: `params: { hint }` of a check. */
function givenHint(issue: Issue): string | undefined {
  const hint: unknown = issue.code === 'custom' ? issue.params?.hint : undefined;
  return typeof hint === 'string' ? hint : undefined;
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
      return `${shown(came)} is not one of the values that are allowed here`;
    case 'too_small':
      return `${shown(came)} is too small: at least ${issue.minimum}`;
    case 'too_big':
      return `${shown(came)} is too large: at most ${issue.maximum}`;
    case 'invalid_format':
      return issue.format === 'email' && issue.message.startsWith('Invalid')
        ? `${shown(came)} is not an e-mail address`
        : issue.message;
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
  if (issue.code === 'invalid_type' && issue.expected === 'boolean' && typeof came === 'string') {
    if (/^(?:yes|y|on|true)$/i.test(came)) return 'write true';
    if (/^(?:no|n|off|false)$/i.test(came)) return 'write false';
  }
  if (issue.code === 'invalid_union' && typeof came === 'string') {
    const values = issue.errors.flatMap(([one]) => (one?.code === 'invalid_value' ? one.values.map(String) : []));
    const near = nearest(came.replaceAll(/[\s-]+/g, '_'), values);
    return near === undefined ? undefined : `did you mean \`${near}\`?`;
  }
  if (issue.code !== 'invalid_value') return undefined;
  const values = issue.values.map(String);
  if (typeof came !== 'string') return `allowed are ${values.join(', ')}`;
  // `round robin` is round_robin.
  return didYouMean(values.includes(came.replaceAll(/[\s-]+/g, '_')) ? came.replaceAll(/[\s-]+/g, '_') : came, values);
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
  let json = known.get(schema);
  if (json === undefined) known.set(schema, (json = jsonSchemaOf(schema)));
  const reached = path.reduce((nodes, key) => nodes.flatMap((node) => inside(node, String(key))), branchesOf(json));
  return [...new Set(reached.flatMap(keysOf))];
}

/** Making one takes longer than a check: made for a fault, and once. */
const known = new WeakMap<z.ZodType, JsonSchema>();

/** What a file may hold, draft 2020-12. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

function branchesOf(node: JsonSchema): JsonSchema[] {
  const branches = node.anyOf ?? node.oneOf ?? node.allOf;
  return branches === undefined ? [node] : branches.flatMap(branchesOf);
}

function keysOf({ properties, propertyNames }: JsonSchema): string[] {
  if (properties !== undefined) return Object.keys(properties);
  return typeof propertyNames === 'object' ? (propertyNames.enum ?? []).map(String) : [];
}

/** What is allowed under a key of a map, or in a list. */
function inside({ properties = {}, additionalProperties, items }: JsonSchema, key: string): JsonSchema[] {
  const next = Object.hasOwn(properties, key) ? properties[key] : (items ?? additionalProperties);
  return typeof next === 'object' && !Array.isArray(next) ? branchesOf(next) : [];
}
