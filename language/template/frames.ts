/**
 * What a name in a text stands for. `each` and `with` put their item in the middle; a root (`contact`, `trigger`, …)
 * keeps its meaning in there, and everything else is the item's.
 */
import { TEXT_ROOTS } from '../roots.ts';

const ROOTS: ReadonlySet<string> = new Set(TEXT_ROOTS);
const ITEM_DATA: ReadonlySet<string> = new Set(['index', 'key', 'first', 'last']);
/** Names that lead to JavaScript's own objects rather than to data. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Where one block's item comes from: a dotted path (`with contact.owner`), or unknown (the members of a list). */
export interface Frame {
  path: string | undefined;
  blockParams: readonly string[];
  /** `@index` and the like mean something here. */
  each: boolean;
}

export type Resolved =
  /** From a root: `contact.name`. `lift` where Handlebars would look it up in the item. */
  | { kind: 'root'; path: string; lift: boolean }
  /** A member of an item that is known by `path`, or of one of a list. */
  | { kind: 'item'; path: string | undefined }
  | { kind: 'fault'; message: string; head?: string };

/** The part of a Handlebars path that matters here. */
export interface NamePath {
  data: boolean;
  depth: number;
  parts: readonly string[];
  original: string;
}

export function resolveName(name: NamePath, frames: readonly Frame[]): Resolved {
  const { parts, original } = name;
  const forbidden = parts.find((part) => FORBIDDEN.has(part));
  if (forbidden !== undefined) return { kind: 'fault', message: `"${original}" is not a name of data` };
  if (name.data) return resolveData(name, frames);
  const scoped = /^(\.\/|this\b|\.$)/.test(original);
  if (name.depth === 0 && !scoped) {
    const head = parts[0]!;
    for (let i = frames.length - 1; i >= 0; i--) {
      const at = frames[i]!.blockParams.indexOf(head);
      if (at >= 0) return { kind: 'item', path: at === 0 ? join(frames[i]!.path, parts.slice(1)) : undefined };
    }
    if (ROOTS.has(head)) return { kind: 'root', path: parts.join('.'), lift: frames.length > 0 };
  }
  const level = frames.length - name.depth;
  if (level < 0) return { kind: 'fault', message: `"${original}" leads out of the text: there is nothing above it` };
  const frame = frames[level - 1];
  if (frame) return { kind: 'item', path: join(frame.path, parts) };
  const head = parts[0];
  if (head === undefined) return { kind: 'fault', message: `"${original}" stands for nothing here` };
  if (!ROOTS.has(head)) return { kind: 'fault', message: `unknown name "${original}"`, head };
  return { kind: 'root', path: parts.join('.'), lift: false };
}

function resolveData(name: NamePath, frames: readonly Frame[]): Resolved {
  const [head, ...rest] = name.parts;
  if (head === 'root') {
    if (rest[0] === undefined) return { kind: 'fault', message: '"@root" alone is not a value' };
    if (!ROOTS.has(rest[0])) return { kind: 'fault', message: `unknown name "${name.original}"`, head: rest[0] };
    return { kind: 'root', path: rest.join('.'), lift: false };
  }
  if (head !== undefined && rest.length === 0 && ITEM_DATA.has(head)) {
    if (frames.some((frame) => frame.each)) return { kind: 'item', path: undefined };
    return { kind: 'fault', message: `"${name.original}" means something only inside {{#each …}}` };
  }
  return { kind: 'fault', message: `unknown name "${name.original}"` };
}

function join(path: string | undefined, parts: readonly string[]): string | undefined {
  return path === undefined ? undefined : [path, ...parts].join('.');
}
