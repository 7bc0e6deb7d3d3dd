/** What the checker finds out about an expression by walking it: what it reads, counts, and what it must not say. */

import { didYouMean, nearest } from '../diagnostics/nearest.ts';
import { RECORD_TYPES, type RecordType, type Refers } from '../model.ts';
import { DUPLICATES, RECORD_PLURALS } from '../records/lists/overviews.ts';
import { relatedList } from '../records/relations.ts';
import { COMPREHENSIONS, EXPRESSION_FUNCTIONS, findFunction, LOCAL_FIELDS } from './functions.ts';
import { type Around, namedBy } from './named.ts';
import { type Path, pathOf } from './paths.ts';
import { functionMeant, nameMeant } from './slips.ts';
import { type Call, callOf, children, type Node } from './tree.ts';

export interface ExpressionError {
  /** CB301 to CB304. */
  code: string;
  message: string;
  /** Offsets in the source. */
  start: number;
  end: number;
  hint?: string;
}

const ONLY_IN_STEPS = 'ask for it in a step: it is counted when it is read, and nothing tells when it changes';
const STAR = 'this is one name, with a star in it: events are named one by one';

export interface InspectOptions {
  roots: readonly string[];
  counts: boolean;
  /** What is counted over all records may be read: in steps, and in segments. */
  overviews: boolean;
  /** For roots with a known set of fields: their names. */
  known: { readonly [root: string]: readonly string[] };
  around: Around | undefined;
}

export interface Findings {
  refers: Refers | undefined;
  reads: Set<string>;
  counts: Set<string>;
  timed: boolean;
  errors: ExpressionError[];
}

export function inspect(root: Node, options: InspectOptions): Findings {
  const found: Findings = { reads: new Set(), counts: new Set(), timed: false, errors: [], refers: undefined };
  visit(root, new Set());
  return found;

  function visit(node: Node, locals: ReadonlySet<string>): void {
    const path = pathOf(node);
    const call = path === undefined ? callOf(node) : undefined;
    if (path !== undefined) visitPath(node, path, locals);
    else if (call !== undefined) visitCall(node, call, locals);
    else if (node.op === '.') visitField(node, locals);
    else for (const child of children(node)) visit(child, locals);
  }

  function visitPath(node: Node, path: Path, locals: ReadonlySet<string>): void {
    for (const index of path.indexes) visit(index, locals);
    const [name, field] = path.names;
    if (name === undefined || locals.has(name)) return;
    if (name === 'now') {
      found.timed = true;
      return;
    }
    const at = { start: path.start.start, end: path.start.end };
    if (!options.roots.includes(name)) {
      found.errors.push({
        code: 'CB302',
        ...at,
        message: `\`${name}\` is not known here`,
        hint: hintFor(node, name, field),
      });
      return;
    }
    found.reads.add(path.names.join('.'));
    if (`${name}.${field}` === DUPLICATES && !options.overviews) {
      fail(node, `\`${DUPLICATES}\` is read in steps alone`, ONLY_IN_STEPS, 'CB307');
      return;
    }
    if ((name === 'mine' || name === 'all') && (field === undefined || path.names.length > 2)) {
      const list = path.names.slice(0, 2).join('.');
      const message =
        field === undefined
          ? `\`${name}\` is no value: read one of its segments`
          : `\`${list}\` is a list of records: ask for one of them`;
      const hint = field === undefined ? `size(${name}.…) > 0` : `${list}.exists(x, x.${path.names[2]} == …)`;
      fail(node, message, hint, 'CB303');
      return;
    }
    if (path.names.length > 2 && relatedList(name, field)) {
      const list = `${name}.${field}`;
      const hint = `${list}.exists(x, x.${path.names[2]} == …)`;
      fail(node, `\`${list}\` is a list of records: ask for one of them`, hint, 'CB303');
      return;
    }
    const fields = options.known[name];
    if (fields !== undefined && field !== undefined && !fields.includes(field)) {
      found.errors.push({
        code: 'CB302',
        start: node.start,
        end: node.end,
        message: `\`${name}.${field}\` is not known`,
        hint: didYouMean(field, fields),
      });
    }
  }

  /** A field of what is no path: of `local(…)` they are known. */
  function visitField(node: Node, locals: ReadonlySet<string>): void {
    const [of, field] = node.args as [Node, string];
    visit(of, locals);
    if (callOf(of)?.name !== 'local' || (LOCAL_FIELDS as readonly string[]).includes(field)) return;
    fail(
      node,
      `\`local(…)\` has no \`${field}\``,
      didYouMean(field, LOCAL_FIELDS, { most: LOCAL_FIELDS.length }),
      'CB302',
    );
  }

  /** A bare word is likely a text without its quotes, where no name is near. */
  function hintFor(node: Node, name: string, field: string | undefined): string {
    const allowed = [...options.roots, 'now'];
    const meant = nameMeant(name, field);
    if (meant !== undefined) return meant;
    const dashed = dashedAt(root, node);
    if (dashed !== undefined) return dashed;
    if (field === undefined && isBehindIn(root, node)) {
      return `a list stands behind \`in\`: ["a", "b"]; for a segment write in_segment("${name}")`;
    }
    const record = options.roots.find((one) => one === 'event') ?? options.roots.find((one) => RECORDS.has(one));
    if (
      field === undefined &&
      record !== undefined &&
      !isCompared(root, node) &&
      nearest(name, allowed) === undefined
    ) {
      return `did you mean \`${record}.${name}\`?`;
    }
    if (field === undefined && nearest(name, allowed) === undefined) {
      return `where the text is meant, write "${name}"; names here are ${[...allowed].sort().join(', ')}`;
    }
    return didYouMean(name, allowed);
  }

  function visitCall(node: Node, call: Call, locals: ReadonlySet<string>): void {
    const form = call.receiver === undefined ? 'call' : 'method';
    const known = findFunction(call.name, form);
    if (known === undefined) {
      const names = EXPRESSION_FUNCTIONS.filter((f) => f.form === form).map((f) => f.name);
      fail(
        node,
        `there is no function \`${call.name}\``,
        functionMeant(call.name) ?? didYouMean(call.name, names, { most: names.length }),
        'CB302',
      );
      return;
    }
    const [least, most] = known.arity;
    if (call.args.length < least || call.args.length > most) {
      const asked = least === most ? `${least}` : `${least} to ${most}`;
      fail(node, `\`${call.name}\` takes ${asked} values, not ${call.args.length}`, known.says);
      return;
    }
    if (known.timed === true) found.timed = true;
    if (call.name === 'since_start') visitCount(node, call);
    else if (call.name === 'share') visitShare(node, call);
    else {
      visitArguments(node, call, locals);
      if (form === 'call') visitNamed(node, call);
    }
  }

  function visitNamed(node: Node, call: Call): void {
    const named = namedBy(call, options.around);
    if (named === undefined) return;
    if ('error' in named) {
      fail(named.at ?? node, named.error, named.hint, named.code);
      return;
    }
    const { segments, calendars } = found.refers ?? {};
    found.refers = {
      ...found.refers,
      ...named.refers,
      ...((segments || named.refers.segments) && { segments: { ...segments, ...named.refers.segments } }),
      ...((calendars || named.refers.calendars) && { calendars: { ...calendars, ...named.refers.calendars } }),
    };
    for (const inside of Object.values(named.refers.segments ?? {})) {
      if (inside.reads.includes(DUPLICATES) && !options.overviews) {
        fail(node, `the segment reads \`${DUPLICATES}\`, which is read in steps alone`, ONLY_IN_STEPS, 'CB307');
      }
      for (const read of inside.reads) found.reads.add(read);
      if (inside.timed) found.timed = true;
    }
  }

  function visitArguments(node: Node, call: Call, locals: ReadonlySet<string>): void {
    if (call.receiver !== undefined) visit(call.receiver, locals);
    if (call.receiver !== undefined && COMPREHENSIONS.has(call.name)) {
      const [element, ...rest] = call.args;
      if (element?.op !== 'id') {
        fail(node, `\`${call.name}\` begins with a name for the element`, 'list.exists(x, x.done)');
        return;
      }
      const inner = new Set([...locals, element.args as string]);
      for (const arg of rest) visit(arg, inner);
      return;
    }
    for (const arg of call.args) visit(arg, locals);
  }

  /** `share("complete", "contacts")`: a segment, and the records of its kind. */
  function visitShare(node: Node, call: Call): void {
    if (!options.roots.includes('all')) {
      fail(
        node,
        '`share` is not known here',
        'it is known in steps of playbooks with `subject: colleague` or `workspace`',
        'CB302',
      );
      return;
    }
    const [segment, of] = call.args.map((arg) =>
      arg.op === 'value' && typeof arg.args === 'string' ? arg.args : undefined,
    );
    if (segment === undefined || of === undefined) {
      fail(node, '`share` takes two texts in quotes', 'share("complete", "contacts")');
      return;
    }
    const type = options.around?.typeOf(segment);
    if (type === undefined) return;
    if (typeof type !== 'string') fail(call.args[0]!, type.error, type.hint, type.code);
    else if (of !== RECORD_PLURALS[type as RecordType]) {
      const message = `\`${segment}\` is a segment of ${type}s, and no part of "${of}"`;
      fail(call.args[1]!, message, `share("${segment}", "${RECORD_PLURALS[type as RecordType] ?? '…'}")`);
    } else found.reads.add(`all.${segment}`);
  }

  function visitCount(node: Node, call: Call): void {
    if (!options.counts) {
      const message = '`since_start` counts events of an enrolment, and there is none here';
      fail(node, message, 'it can be asked in steps');
      return;
    }
    for (const arg of call.args) {
      if (arg.op === 'value' && typeof arg.args === 'string') {
        found.counts.add(arg.args);
        if (arg.args.includes('*')) fail(arg, STAR, 'name each: since_start("call.logged", "call.missed")', 'CB615');
      } else fail(arg, '`since_start` takes event names in quotes', 'since_start("call.logged", "mail.logged") >= 3');
    }
  }

  function fail(node: Node, message: string, hint?: string, code = 'CB301'): void {
    found.errors.push({ code, start: node.start, end: node.end, message, ...(hint === undefined ? {} : { hint }) });
  }
}

const RECORDS: ReadonlySet<string> = new Set(RECORD_TYPES);

function isBehindIn(root: Node, name: Node): boolean {
  if (root.op === 'in' && (root.args as [Node, Node])[1] === name) return true;
  return children(root).some((child) => isBehindIn(child, name));
}

/** Whether a name stands behind a comparison or in a list, where values stand: `contact.plan == pro`. */
function isCompared(root: Node, name: Node): boolean {
  if (root.op === 'list') return children(root).some((child) => child === name || isCompared(child, name));
  if (root.op === '==' || root.op === '!=') {
    const [left, right] = root.args as [Node, Node];
    return right === name || isCompared(left, name) || isCompared(right, name);
  }
  return children(root).some((child) => isCompared(child, name));
}

/** `event.cart-id` is read as a difference: the field has a dash in its name. */
function dashedAt(node: Node, name: Node): string | undefined {
  if (node.op === '-') {
    const [left, right] = node.args as [Node, Node];
    const path = pathOf(left)?.names;
    if (right === name && left.end + 1 === right.start && path !== undefined && path.length > 1) {
      return `a name with a dash stands in brackets: ${path.slice(0, -1).join('.')}["${path.at(-1)}-${String(name.args)}"]`;
    }
  }
  for (const child of children(node)) {
    const found = dashedAt(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
