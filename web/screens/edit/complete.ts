/** Completion from the JSON Schema of playbooks: which keys and values may stand at a place of the text. */

export interface Option {
  label: string;
  /** What the schema says of it. */
  info?: string;
  kind: 'key' | 'value';
}

export interface Completed {
  /** Where the word begins that is completed. */
  from: number;
  options: Option[];
}

export interface Schema {
  $ref?: string;
  $defs?: { [name: string]: Schema };
  properties?: { [name: string]: Schema };
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  description?: string;
}

/** Keys from the root; null: some item of a list. */
type Path = (string | null)[];

interface Place {
  path: Path;
  /** Of the mapping in which the place is; for a value the key that it is of comes last in `path`. */
  siblings: string[];
  isValue: boolean;
  from: number;
}

/** Lines looked at above the place: a playbook of thousands is completed by what is near. */
const MAX_LINES = 5_000;
const MAX_OPTIONS = 200;
const MAX_SCHEMAS = 500;

/** @returns undefined where nothing can be said: in a comment, or where the schema knows no words */
export function complete(root: Schema, text: string, at: number): Completed | undefined {
  const place = placeAt(text, at);
  if (place === undefined) return undefined;
  let schemas = flat(root, [root]);
  for (const segment of place.path)
    schemas = flat(
      root,
      schemas.flatMap((schema) => stepInto(schema, segment)),
    );
  const options = place.isValue ? valuesOf(schemas) : keysOf(schemas, place.siblings);
  return options.length === 0 ? undefined : { from: place.from, options: options.slice(0, MAX_OPTIONS) };
}

function flat(root: Schema, schemas: readonly Schema[]): Schema[] {
  const found = new Set<Schema>();
  const waiting = [...schemas];
  for (let schema = waiting.pop(); schema !== undefined && found.size < MAX_SCHEMAS; schema = waiting.pop()) {
    if (found.has(schema)) continue;
    found.add(schema);
    if (schema.$ref !== undefined) waiting.push(...referred(root, schema.$ref));
    waiting.push(...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? []));
  }
  return [...found];
}

function referred(root: Schema, ref: string): Schema[] {
  if (ref === '#') return [root];
  const [, name] = /^#\/\$defs\/(.+)$/.exec(ref) ?? [];
  const schema = name === undefined ? undefined : root.$defs?.[name];
  return schema === undefined ? [] : [schema];
}

function stepInto(schema: Schema, segment: string | null): Schema[] {
  if (segment === null) {
    const { items, prefixItems = [] } = schema;
    return [...prefixItems, ...(typeof items === 'object' ? [items] : [])];
  }
  const own = schema.properties?.[segment];
  if (own !== undefined) return [own];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

/** Where keys stand already, those of what they may be part of. */
function keysOf(schemas: readonly Schema[], siblings: readonly string[]): Option[] {
  const withKeys = schemas.filter(({ properties }) => properties !== undefined);
  const fitting = withKeys.filter(({ properties }) => siblings.every((key) => key in properties!));
  const options = new Map<string, Option>();
  for (const { properties } of fitting.length > 0 ? fitting : withKeys) {
    for (const [label, { description }] of Object.entries(properties!)) {
      if (siblings.includes(label) || options.has(label)) continue;
      options.set(label, { label, kind: 'key', ...(description !== undefined && { info: description }) });
    }
  }
  return [...options.values()];
}

function valuesOf(schemas: readonly Schema[]): Option[] {
  const values = new Set<string>();
  for (const schema of schemas) {
    if (schema.const !== undefined) values.add(String(schema.const));
    for (const value of schema.enum ?? []) values.add(String(value));
    if ([schema.type].flat().includes('boolean')) for (const value of ['true', 'false']) values.add(value);
  }
  return [...values].map((label) => ({ label, kind: 'value' }));
}

interface Line {
  indent: number;
  /** Where the item's content begins, where the line begins an item; else the indent. */
  column: number;
  isItem: boolean;
  key: string | undefined;
  /** What stands behind the key on its line. */
  rest: string;
}

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s:#,{}[\]"'][^:#]*?))\s*:(?:\s+(.*)|)$/;

/** Undefined for a line that holds nothing. */
function read(line: string): Line | undefined {
  const [, spaces = '', dash = '', content = ''] = /^( *)((?:- +)?)(.*?)\s*$/.exec(line) ?? [];
  if ((content === '' && dash === '') || content.startsWith('#')) return undefined;
  const [, double, single, plain, rest = ''] = KEY.exec(content) ?? [];
  const indent = spaces.length;
  const key = double ?? single ?? plain;
  const own = rest.startsWith('#') ? '' : rest;
  return { indent, column: indent + dash.length, isItem: dash !== '', key, rest: key === undefined ? content : own };
}

function placeAt(text: string, at: number): Place | undefined {
  const before = text.slice(0, at).split('\n').slice(-MAX_LINES);
  const current = before.pop()!;
  if (/(^|\s)#/.test(current)) return undefined;
  const [, spaces = '', dash = '', content = ''] = /^( *)((?:- +)?)(.*)$/.exec(current) ?? [];
  const column = spaces.length + dash.length;
  const around = pathAbove(before, { column, dashAt: dash === '' ? undefined : spaces.length });
  const path = dash === '' ? around.path : [...around.path, null];
  const siblings = dash === '' ? [...around.siblings, ...behind(text.slice(at), column)] : [];
  const within = inFlow(content);
  if (within !== undefined) return { ...within, path: [...path, ...within.path], from: at - within.word.length };
  const [, key, value] = /^([\w-]+):\s+(\S*)$/.exec(content) ?? [];
  if (key !== undefined) return { path: [...path, key], siblings: [], isValue: true, from: at - value!.length };
  return /^[\w-]*$/.test(content) ? { path, siblings, isValue: false, from: at - content.length } : undefined;
}

/** `trigger: { event: x, wh` */
function inFlow(content: string): { path: Path; siblings: string[]; isValue: boolean; word: string } | undefined {
  const [, key, inner] = /^(?:([\w-]+):\s+)?\{([^{}]*)$/.exec(content) ?? [];
  if (inner === undefined) return undefined;
  const parts = inner.split(',');
  const last = parts.pop()!;
  const path: Path = key === undefined ? [] : [key];
  const siblings = parts.flatMap((part) => /^\s*([\w-]+):/.exec(part)?.[1] ?? []);
  const [, own, value] = /^\s*([\w-]+):\s+(\S*)$/.exec(last) ?? [];
  if (own !== undefined) return { path: [...path, own], siblings: [], isValue: true, word: value! };
  const [, word] = /^\s*([\w-]*)$/.exec(last) ?? [];
  return word === undefined ? undefined : { path, siblings, isValue: false, word };
}

/** The keys and lists that the lines above put around a place. */
function pathAbove(
  lines: readonly string[],
  { column, dashAt }: { column: number; dashAt: number | undefined },
): { path: Path; siblings: string[] } {
  const path: Path = [];
  const siblings: string[] = [];
  let at = dashAt ?? column;
  // A list may stand as far left as the key that it is of.
  let isList = dashAt !== undefined;
  let isOwn = dashAt === undefined;
  for (const text of [...lines].reverse()) {
    const line = read(text);
    if (line === undefined || line.indent > at) continue;
    if (line.isItem) {
      if (isList || (line.column !== at && !(line.column < at && line.key !== undefined && line.rest === ''))) continue;
      if (line.column === at) {
        if (isOwn && line.key !== undefined) siblings.push(line.key);
        path.unshift(null);
      } else path.unshift(null, line.key!);
      [at, isList, isOwn] = [line.indent, true, false];
    } else if (line.key !== undefined && (line.column < at || (isList && line.column === at))) {
      if (line.rest !== '') continue;
      path.unshift(line.key);
      [at, isList, isOwn] = [line.column, false, false];
    } else if (isOwn && line.column === at && line.key !== undefined) siblings.push(line.key);
    if (at === 0 && !isList && !isOwn) break;
  }
  return { path, siblings };
}

/** Keys of the same mapping that stand below. */
function behind(text: string, column: number): string[] {
  const keys: string[] = [];
  for (const line of text.split('\n').slice(1, MAX_LINES)) {
    const found = read(line);
    if (found === undefined || found.indent > column) continue;
    if (found.indent < column || found.isItem) break;
    if (found.key !== undefined) keys.push(found.key);
  }
  return keys;
}
