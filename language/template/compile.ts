/** Turns a text into a function, once, by Handlebars; and runs it within bounds. */
import Handlebars from 'handlebars';
import { TEXT_ROOTS } from '../roots.ts';
import { checkProgram } from './check.ts';
import type { Reader } from './formats.ts';
import { registerHelpers } from './helpers.ts';
import { memoOf } from './memo.ts';
import { BLOCKS, HELPERS, MAX_TEXT_BYTES } from './names.ts';
import { type Program, parseText } from './parse/parse.ts';
import { rewrite } from './rewrite.ts';
import { Session } from './session.ts';

export type Scope = { readonly [root: string]: unknown };

/** A text that should have been refused at its deployment, or one that grew past its bound while it was rendered. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly code: 'text-invalid' | 'text-too-long';

  constructor(code: 'text-invalid' | 'text-too-long', message: string) {
    super(message);
    this.code = code;
  }
}

export interface CompiledText {
  /** The text is one `{{ … }}` and nothing else. */
  whole: boolean;
  /** Renders it. `extra` are values that templates of our own read as `@name`. */
  render(scope: Scope, reader: Reader, extra?: Record<string, unknown>): string;
  /** The value of a whole text, of the type that it has; `undefined` where it is absent. */
  value(scope: Scope, reader: Reader): unknown;
}

const CACHE = memoOf<CompiledText>(2000);
/** Long texts would fill the cache's memory: they are templates, which are kept by template/layout.ts. */
const MAX_CACHED_CHARS = 10_000;

const handlebars = Handlebars.create();
for (const name of Object.keys(handlebars.helpers)) handlebars.unregisterHelper(name);
registerHelpers(handlebars);

const KNOWN_HELPERS = Object.fromEntries(
  [...Object.keys(HELPERS), ...BLOCKS, '$show', '$html', '$value'].map((name) => [name, true]),
);
const SAFE = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

/**
 * `html`: values are escaped for HTML. `data`: what the text may read as `@name`, of what `render` gets as
 * `extra`. Throws a TextError where the text is not one that `checkText` lets through.
 */
export function compileText(text: string, html: boolean, data: readonly string[] = []): CompiledText {
  if (data.length > 0 || text.length > MAX_CACHED_CHARS) return compileAnew(text, html, data);
  return CACHE.memo(`${html ? 'h' : 't'}${text}`, { context: () => compileAnew(text, html, []) });
}

function compileAnew(text: string, html: boolean, data: readonly string[]): CompiledText {
  const delegate = prepare(parse(text, html, data), html ? '$html' : '$show');
  const whole = isWhole(parse(text, html, data));
  const ofWhole = whole ? prepare(parse(text, html, data), '$value') : undefined;
  return {
    whole,
    render(scope, reader, extra) {
      const session = new Session(reader, tooLong);
      const out = delegate(scope, { ...SAFE, data: { ...extra, session } });
      if (Buffer.byteLength(out) > MAX_TEXT_BYTES) tooLong();
      return out;
    },
    value(scope, reader) {
      const session = new Session(reader, tooLong);
      ofWhole?.(scope, { ...SAFE, data: { session } });
      return session.value;
    },
  };
}

function parse(text: string, escapes: boolean, data: readonly string[]): Program {
  const parsed = parseText(text);
  if ('fault' in parsed)
    throw new TextError('text-invalid', `${parsed.fault.message}, at character ${parsed.fault.start}`);
  const first = checkProgram(parsed.program, text, { roots: TEXT_ROOTS, escapes, data }).errors[0];
  if (first) throw new TextError('text-invalid', `${first.message}, at character ${first.start}`);
  return parsed.program;
}

function prepare(program: Program, show: string): HandlebarsTemplateDelegate {
  rewrite(program, show);
  return handlebars.compile(program, {
    data: true,
    noEscape: true,
    knownHelpers: KNOWN_HELPERS,
    knownHelpersOnly: true,
  });
}

function isWhole(program: Program): boolean {
  const said = program.body.filter(
    (part) => part.type !== 'ContentStatement' || (part as hbs.AST.ContentStatement).value.trim() !== '',
  );
  return said.length === 1 && said[0]!.type === 'MustacheStatement';
}

function tooLong(): never {
  throw new TextError(
    'text-too-long',
    `a text came to more than ${MAX_TEXT_BYTES / 1024} kB, or its lists to too many rounds`,
  );
}
