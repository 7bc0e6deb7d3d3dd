/** Handlebars' own tree of a text, with places as offsets. */
import Handlebars from 'handlebars';
import { HELPERS } from '../names.ts';
import { nestedTooDeeply } from './nesting.ts';
import { syntaxMeant } from './slips.ts';

export type Program = hbs.AST.Program;

export interface Fault {
  code: string;
  /** Left out: an error. */
  severity?: 'warning';
  message: string;
  /** Offsets into the text, in UTF-16 units; `end` is after the last. */
  start: number;
  end: number;
  hint?: string;
  /** In place of it, where nothing else can be meant. */
  fix?: string;
}

export type Parsed = { program: Program } | { fault: Fault };

/** Parses a text. A syntax error is a fault that says where, not an exception. */
export function parseText(text: string): Parsed {
  const deep = nestedTooDeeply(text);
  if (deep) return { fault: deep };
  try {
    return { program: Handlebars.parse(text) };
  } catch (error) {
    return { fault: syntaxFault(text, error as Error) };
  }
}

/** Turns Handlebars' line (from 1) and column (from 0) into an offset. */
export function offsetIn(text: string, position: { line: number; column: number }): number {
  return offsetsIn(text)(position);
}

/** The same for many places of one text, whose lines are looked for once. */
export function offsetsIn(text: string): (position: { line: number; column: number }) => number {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n?|\n/g)) starts.push(index + end.length);
  return ({ line, column }) => Math.min((starts[line - 1] ?? starts.at(-1)!) + column, text.length);
}

/** What the parser met, in words. */
const MET: Readonly<Record<string, string>> = {
  EOF: 'the text ends before everything in it is closed',
  OPEN_ENDBLOCK: 'a block is closed that was not opened',
  INVERSE: '{{else}} is outside a block',
  CLOSE: 'something is missing before }}',
};

const HINTS: Readonly<Record<string, string>> = {
  OPEN_ENDBLOCK: 'take the {{/…}} out, or open its block before: {{#if contact.name}} … {{/if}}',
  INVERSE: 'open a block before: {{#if contact.name}} … {{else}} … {{/if}}',
};

/** What other languages write for a fallback: `{{ contact.name || "there" }}`. */
const FALLBACK = /^\{\{\s*([\w.]+)\s*(\|\||\?\?|\|)\s*("[^"]*"|'[^']*'|[\w.]+)/;

function syntaxFault(text: string, error: Error & { lineNumber?: number; column?: number }): Fault {
  const mismatch = /^(\S+) doesn't match (\S+)/.exec(error.message);
  if (mismatch) {
    const start = offsetIn(text, { line: error.lineNumber ?? 1, column: error.column ?? 0 });
    return {
      code: 'CB405',
      message: `{{#${mismatch[1]}}} is closed by {{/${mismatch[2]}}}`,
      start,
      end: start + mismatch[1]!.length,
      hint: `end the block with {{/${mismatch[1]}}}`,
    };
  }
  const met = /got '(\w+)'/.exec(error.message)?.[1] ?? '';
  const place = placeOfPreview(text, error.message);
  const start = Math.max(0, text.lastIndexOf('{{', place));
  const unended = met === 'EOF' || !text.includes('}}', start);
  const fallback = unended ? undefined : FALLBACK.exec(text.slice(start, text.indexOf('}}', start)));
  const inside = unended ? '' : text.slice(start, text.indexOf('}}', start));
  const filter = /^\{\{\s*([\w.]+)\s*\|\s*([a-z_]\w*)/i.exec(inside);
  if (filter) {
    const [whole, value, name] = filter;
    return {
      code: 'CB405',
      message: `\`|\` is no word of texts: a helper stands before its value`,
      start,
      end: start + whole.length,
      hint: Object.hasOwn(HELPERS, name!)
        ? `write {{ ${name} ${value} }}`
        : `write {{ ${value} }}; the helpers are ${Object.keys(HELPERS).sort().join(', ')}`,
    };
  }
  if (fallback) {
    const [whole, value, operator, other] = fallback;
    return {
      code: 'CB405',
      message: `\`${operator}\` is no word of texts: what stands in for a missing value is named by \`default\``,
      start,
      end: start + whole.length,
      hint: `write {{ default ${value} ${other!.replaceAll("'", '"')} }}`,
    };
  }
  const condition = /^\{\{#(?:if|unless)\s+[^}]*(?:==|!=|<|>|&&|\|\||\bis\b|\band\b|\bor\b)/.test(inside);
  if (condition || /^\{\{\s*[\w.]+\s*[-+*/=<>]/.test(inside)) {
    return {
      code: 'CB405',
      message: condition ? 'a text compares nothing: `#if` asks whether a value is there' : 'a text computes nothing',
      start,
      end: start + inside.length,
      hint: condition
        ? 'put the condition into the step (`if:`), or give two texts by `choose`'
        : 'compute it as a trait in traits/, and write {{ contact.name_of_it }}',
    };
  }
  const slip = unended ? undefined : syntaxMeant(inside);
  if (slip) return { code: 'CB405', message: slip.message, start, end: start + slip.length, hint: slip.hint };
  return {
    code: 'CB405',
    message: unended ? MET.EOF! : (MET[met] ?? 'this cannot be read between the braces'),
    start,
    end: unended ? Math.max(text.length, 1) : Math.max(place, start + 1),
    hint: HINTS[met] ?? 'write {{ name }} or {{ helper value }}, and close each {{#block}} with {{/block}}',
  };
}

/** The parser tells a place only as a caret under a piece of the text from which line ends were taken out. */
function placeOfPreview(text: string, message: string): number {
  const [, preview = '', caret = ''] = message.split('\n');
  const before = preview.slice(0, Math.max(0, caret.indexOf('^'))).replace(/^\.\.\./, '');
  const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
  const offsets: number[] = [];
  let flat = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\n') continue;
    flat += text[i];
    offsets.push(i);
  }
  const from = offsetIn(text, { line, column: 0 });
  let found = -1;
  for (let at = flat.indexOf(before); at >= 0; at = flat.indexOf(before, at + 1)) {
    found = at + before.length;
    if ((offsets[found] ?? text.length) >= from) break;
  }
  return found < 0 ? from : (offsets[found] ?? text.length);
}
