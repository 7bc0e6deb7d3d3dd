/** What a text reads, and what is wrong with it, told from Handlebars' own tree. */

import { MAX_FAULTS_OF_A_FILE } from '../diagnostics/diagnostics.ts';
import { didYouMean } from '../diagnostics/nearest.ts';
import { REPORT_FIELDS } from '../roots.ts';
import { type Frame, resolveName } from './frames.ts';
import { BLOCKS, HELPERS } from './names.ts';
import { type Fault, offsetsIn, type Program, parseText } from './parse/parse.ts';
import { blockMeant, helperMeant, textNameMeant } from './parse/slips.ts';

export interface Known {
  /** The names that this text sees: `contact`, `trigger`, … */
  roots: readonly string[];
  /** Helpers that may be used; all of them when left out. */
  helpers?: readonly string[];
  /** The text is HTML or MJML: values are escaped, and `{{{ … }}}` is refused. */
  escapes?: boolean;
  /** Names that may be read as `@name`, for texts put together by the renderer. */
  data?: readonly string[];
}

export interface CheckedText {
  /** Dotted paths from roots, each once, in the order of the text: `contact.name`. */
  reads: string[];
  errors: Fault[];
}

/** Checks a Handlebars text. All faults at once; a text that cannot be parsed has that one alone. */
export function checkText(text: string, known: Known): CheckedText {
  const parsed = parseText(text);
  if ('fault' in parsed) return { reads: [], errors: [parsed.fault] };
  return checkProgram(parsed.program, text, known);
}

export function checkProgram(program: Program, text: string, known: Known): CheckedText {
  const walk = new Walk(text, known);
  walk.program(program, []);
  return { reads: [...walk.reads], errors: walk.errors };
}

type Expression = hbs.AST.Expression;
type Call = { path: Expression; params: Expression[]; hash: hbs.AST.Hash | undefined; loc: hbs.AST.SourceLocation };

class Walk {
  readonly reads = new Set<string>();
  readonly errors: Fault[] = [];
  readonly #text: string;
  #offsetOf: ReturnType<typeof offsetsIn> | undefined;
  readonly #known: Known;
  readonly #helpers: readonly string[];

  constructor(text: string, known: Known) {
    this.#text = text;
    this.#known = known;
    this.#helpers = known.helpers ?? Object.keys(HELPERS);
  }

  program(program: Program, frames: readonly Frame[]): void {
    for (const statement of program.body) this.#statement(statement, frames);
  }

  #statement(statement: hbs.AST.Statement, frames: readonly Frame[]): void {
    switch (statement.type) {
      case 'ContentStatement':
      case 'CommentStatement':
        return;
      case 'MustacheStatement':
        this.#mustache(statement as hbs.AST.MustacheStatement, frames);
        return;
      case 'BlockStatement':
        this.#block(statement as hbs.AST.BlockStatement, frames);
        return;
      case 'PartialStatement':
      case 'PartialBlockStatement':
        this.#fault('CB408', statement.loc, 'a text cannot include another one ({{> …}})', 'write the text here');
        return;
      default:
        this.#fault('CB408', statement.loc, 'decorators ({{* …}}) are not part of texts', 'take it out');
        return;
    }
  }

  #mustache(statement: hbs.AST.MustacheStatement, frames: readonly Frame[]): void {
    if (!statement.escaped && this.#known.escapes) {
      this.#fault('CB408', statement.loc, 'a value cannot be put into HTML unescaped', 'write {{ … }} with two braces');
    }
    this.#value(statement as Call, frames);
  }

  /** A name, or a helper with its values. */
  #value(call: Call, frames: readonly Frame[]): void {
    const path = call.path as hbs.AST.PathExpression;
    if (path.type !== 'PathExpression') {
      this.#fault('CB407', call.loc, 'there is a fixed value between the braces', 'write it without braces');
      return;
    }
    const name = path.original;
    const given = call.params.length > 0 || call.hash !== undefined;
    const isParam = frames.some((frame) => frame.blockParams.includes(name));
    if (!given && (isParam || !(Object.hasOwn(HELPERS, name) || BLOCKS.includes(name)))) {
      this.#name(path, frames);
      return;
    }
    if (BLOCKS.includes(name)) {
      this.#fault('CB407', call.loc, `"${name}" is a block`, `write {{#${name} …}} … {{/${name}}}`);
      return;
    }
    if (!this.#helpers.includes(name) || !Object.hasOwn(HELPERS, name)) {
      const hint = helperMeant(name, call.params.map(writtenAs), this.#helpers);
      this.#fault('CB407', call.loc, `unknown helper "${name}"`, hint);
      return;
    }
    const { arity, form: example } = HELPERS[name]!;
    const [first] = call.params;
    const form =
      first?.type === 'PathExpression' ? example.replace(/ [a-z]+\.[a-z_]+/, ` ${writtenAs(first)}`) : example;
    if (call.params.length !== arity || call.hash) {
      const values = arity === 1 ? '1 value' : `${arity} values`;
      const isFormat = (name === 'date' || name === 'time') && call.params.length === 2;
      if (isFormat) {
        const message = `\`${name}\` takes no format: it is shown as its reader's country writes it`;
        this.#fault('CB407', call.loc, message, `write ${form}`);
        return;
      }
      const hint = frames.length > 0 ? `write ${form}, or {{ this.${name} }} for the item's own` : `write ${form}`;
      this.#fault('CB407', call.loc, `"${name}" takes ${values}, here are ${call.params.length}`, hint);
    }
    this.#params(call.params, frames);
  }

  #params(params: readonly Expression[], frames: readonly Frame[]): void {
    for (const param of params) {
      if (param.type === 'SubExpression') this.#value(param as unknown as Call, frames);
      else if (param.type === 'PathExpression') this.#name(param as hbs.AST.PathExpression, frames);
    }
  }

  #block(block: hbs.AST.BlockStatement, frames: readonly Frame[]): void {
    const name = (block.path as hbs.AST.PathExpression).original;
    const meant = blockMeant(name, block.params.map(writtenAs));
    if (meant !== undefined) {
      this.#fault('CB407', block.path.loc, meant.message, meant.hint);
      return;
    }
    if (!BLOCKS.includes(name)) {
      this.#fault('CB407', block.path.loc, `unknown block "${name}"`, didYouMean(name, BLOCKS));
    } else if (block.params.length !== 1 || block.hash) {
      this.#fault(
        'CB407',
        block.path.loc,
        `"${name}" takes 1 value`,
        `write {{#${name} contact.name}}; conditions are CEL in \`if\``,
      );
    }
    this.#params(block.params, frames);
    const item = itemFrame(name, block, frames);
    // `{{^if x}}` has no program of its own.
    if (block.program) this.program(block.program, item ? [...frames, item] : frames);
    if (block.inverse) this.program(block.inverse, frames);
  }

  #name(path: hbs.AST.PathExpression, frames: readonly Frame[]): void {
    if (path.data && this.#known.data?.includes(path.parts[0]!)) return;
    const resolved = resolveName(path, frames);
    if (resolved.kind === 'fault') {
      const hint = resolved.head === undefined ? undefined : textNameMeant(path.original, this.#known.roots);
      this.#fault('CB406', path.loc, resolved.message, hint);
      return;
    }
    if (resolved.path === undefined) return;
    const root = resolved.path.split('.', 1)[0]!;
    if (resolved.kind === 'root' && !this.#known.roots.includes(root)) {
      this.#fault(
        'CB406',
        path.loc,
        `"${path.original}": there is no "${root}" here`,
        didYouMean(root, this.#known.roots),
      );
      return;
    }
    const field = resolved.path.split('.')[1];
    if (root === 'report' && !(REPORT_FIELDS as readonly (string | undefined)[]).includes(field)) {
      const message =
        field === undefined ? '"report" is no value: read one of its fields' : `\`report\` has no \`${field}\``;
      this.#fault('CB406', path.loc, message, didYouMean(field ?? '', REPORT_FIELDS, { most: REPORT_FIELDS.length }));
      return;
    }
    this.reads.add(resolved.path);
  }

  #fault(code: string, loc: hbs.AST.SourceLocation, message: string, hint?: string): void {
    if (this.errors.length > MAX_FAULTS_OF_A_FILE) return;
    this.#offsetOf ??= offsetsIn(this.#text);
    const start = this.#offsetOf(loc.start);
    const end = Math.max(start + 1, this.#offsetOf(loc.end));
    this.errors.push({ code, message, start, end, ...(hint === undefined ? {} : { hint }) });
  }
}

/** As the text has it; a text with its quotes. */
function writtenAs(param: Expression): string {
  const { original } = param as hbs.AST.PathExpression;
  return param.type === 'StringLiteral' ? `"${String(original)}"` : String(original);
}

/** The item that a block puts in the middle; none for `if` and `unless`. Shared with the rewriting before rendering. */
export function itemFrame(name: string, block: hbs.AST.BlockStatement, frames: readonly Frame[]): Frame | undefined {
  if (name !== 'each' && name !== 'with') return undefined;
  const blockParams = block.program?.blockParams ?? [];
  const subject = block.params[0];
  let path: string | undefined;
  if (name === 'with' && subject?.type === 'PathExpression') {
    const resolved = resolveName(subject as hbs.AST.PathExpression, frames);
    if (resolved.kind !== 'fault') path = resolved.path;
  }
  return { path, blockParams, each: name === 'each' };
}
