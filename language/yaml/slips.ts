/** What is wrong where YAML cannot be read: its parser tells where it stopped, and people where they slipped. */
import type { YAMLError } from 'yaml';
import { type Finding, lineOf, positionOf, type SourceText } from '../diagnostics/diagnostics.ts';

export type Slip = Finding & { start: number; end: number };

/** A line that people wrote; longer ones are not looked at. */
const MAX_LINE = 500;
/** How many lines back a quote or a bracket is looked for. */
const MAX_BACK = 200;
const OPENING = '{[';
const CLOSING = '}]';

/** The slip behind a syntax error, in the order in which they are looked for; undefined where none is known. */
export function slipBehind(error: YAMLError, source: SourceText): Slip | undefined {
  const [at] = error.pos;
  const place = { source, at, line: positionOf(source, at).line, error };
  for (const look of LOOKS) {
    const found = look(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Place {
  source: SourceText;
  at: number;
  line: number;
  error: YAMLError;
}

const LOOKS: readonly ((place: Place) => Slip | undefined)[] = [
  tab,
  openQuote,
  quotesInQuotes,
  reserved,
  thenBehindIf,
  mapOnALine,
  openBracket,
  glued,
  equals,
  indent,
];

function tab({ source, line, error }: Place): Slip | undefined {
  const own = textOf(source, line);
  const found = /^\s*?\t/.exec(own);
  if (error.code !== 'TAB_AS_INDENT' && found === null) return undefined;
  return slip(source, {
    line,
    column: Math.max(0, own.indexOf('\t')),
    length: 1,
    message: 'a tab stands in front of the line, and YAML takes blanks alone',
    hint: 'write two blanks in place of each tab, in the whole file',
  });
}

/** The parser notices a quote that is not closed at the end of the file, or of the next text in quotes. */
function openQuote({ source, line, error }: Place): Slip | undefined {
  if (error.code !== 'MISSING_CHAR' || !/quote/.test(error.message)) return undefined;
  for (let n = 1; n <= source.lineStarts.length; n += 1) {
    const text = textOf(source, n);
    const start = /^\s*(?:- +)*(?:[\w.-]+:\s+)?(["'])/.exec(text);
    const quote = start?.[1];
    if (quote === undefined) continue;
    const from = start![0].length;
    if (text.indexOf(quote, from) >= 0) continue;
    return slip(source, {
      line: n,
      column: from - 1,
      length: text.length - from + 1,
      message: `this quote is not closed`,
      hint: `close it with ${quote} where the text ends`,
    });
  }
  return slip(source, {
    line,
    column: 0,
    length: 1,
    message: 'a quote is not closed',
    hint: 'close it where its text ends',
  });
}

function openBracket({ source, line, error }: Place): Slip | undefined {
  if (!/^(?:BAD_INDENT|MISSING_CHAR|UNEXPECTED_TOKEN)$/.test(error.code)) return undefined;
  if (!/[Ff]low|must be sufficiently indented|end with a [}\]]/.test(error.message)) return undefined;
  for (let n = line; n >= Math.max(1, line - MAX_BACK); n -= 1) {
    const text = textOf(source, n);
    const open = lastOpen(text);
    if (open < 0) continue;
    const close = CLOSING[OPENING.indexOf(text[open]!)]!;
    return slip(source, {
      line: n,
      column: open,
      length: text.length - open,
      message: `this \`${text[open]}\` is not closed`,
      hint: `close it with ${close} where it ends`,
    });
  }
  return undefined;
}

/** `if: "contact.plan == "pro""`: YAML ends the text at the second quote. */
function quotesInQuotes({ source, line, error }: Place): Slip | undefined {
  if (error.code !== 'UNEXPECTED_TOKEN') return undefined;
  const text = textOf(source, line);
  const found = /^(\s*(?:- +)*[\w.-]+:\s+)"(.*)"\s*$/.exec(text);
  const inner = found?.[2];
  if (found === null || !inner?.includes('"')) return undefined;
  return slip(source, {
    line,
    column: found[1]!.length,
    length: inner.length + 2,
    message: 'the text ends at its second quote: others stand within',
    hint: `write: ${text.trim().slice(0, found[1]!.trimStart().length)}${inner.includes("'") ? `"${inner.replaceAll('"', '\\"')}"` : `'${inner}'`}`,
  });
}

/** `assign: @kim` */
function reserved({ source, line, error }: Place): Slip | undefined {
  if (error.code !== 'BAD_SCALAR_START') return undefined;
  const text = textOf(source, line);
  const found = /^(\s*(?:- +)*([\w.-]+):\s+)([@`%])(.*?)\s*$/.exec(text);
  if (found === null) return undefined;
  const [, before, key, sign, rest] = found as unknown as [string, string, string, string, string];
  const isPerson = sign === '@' && /^(?:assign|to|notify|among|approve|lead|manager|fallback|owner)$/.test(key);
  return slip(source, {
    line,
    column: before.length,
    length: 1 + rest.length,
    message: `a value cannot begin with \`${sign}\``,
    hint: isPerson ? `write: ${key}: ${rest}` : `put it in quotes: ${key}: "${sign}${rest}"`,
  });
}

/** `- if: contact.plan == "pro" then: […]` */
function thenBehindIf({ source, line, error }: Place): Slip | undefined {
  if (!TWO_COLONS.test(error.code)) return undefined;
  const found = /^(\s*(?:- +)*if:\s+.+?)\s+then:/.exec(textOf(source, line));
  if (found === null) return undefined;
  return slip(source, {
    line,
    column: found[1]!.length + 1,
    length: 'then:'.length,
    code: 'CB110',
    message: '`then:` stands behind its `if`',
    hint: 'write it on the next line, as deep as the `if`',
  });
}

const TWO_COLONS = /^(?:BLOCK_AS_IMPLICIT_KEY|BLOCK_IN_FLOW|MULTILINE_IMPLICIT_KEY)$/;
const TAKES_A_MAP =
  /^(?:update|with|trigger|goal|repeat|again|retry|metric|sender|caps|settings|contact|hours|target)$/;

/** `- update: contact.stage: won`: a map on one line needs its braces. */
function mapOnALine({ source, line, error }: Place): Slip | undefined {
  if (!TWO_COLONS.test(error.code)) return undefined;
  const text = textOf(source, line);
  const found = /^(\s*(?:- +)*)([\w-]+):\s+([\w.-]+:\s+\S.*?)\s*$/.exec(text);
  if (found === null || !TAKES_A_MAP.test(found[2]!)) return undefined;
  const [, before, key, map] = found as unknown as [string, string, string, string];
  return slip(source, {
    line,
    column: text.length - text.slice(before.length + key.length + 1).trimStart().length,
    length: map.length,
    code: 'CB110',
    message: 'a map on one line stands in braces',
    hint: `write: ${before.trimStart()}${key}: { ${map} }`,
  });
}

/** `-wait: 4d`, `trigger:{ event: a }`: YAML takes what stands together for one word. */
function glued({ source, line }: Place): Slip | undefined {
  for (const n of [line, line - 1]) {
    const text = textOf(source, n);
    const dash = /^(\s*)-(?=[A-Za-z_]\w*:\s)/.exec(text);
    if (dash !== null) {
      return slip(source, {
        line: n,
        column: dash[1]!.length,
        length: text.trim().length,
        message: 'a blank is missing behind the dash',
        hint: `write: ${text.trim().replace('-', '- ')}`,
      });
    }
  }
  return undefined;
}

/** `audience = contact.vip` */
function equals({ source, line }: Place): Slip | undefined {
  const text = textOf(source, line);
  const found = /^(\s*(?:- )?)([A-Za-z_]\w*)\s*=\s*([^=].*)$/.exec(text);
  if (found === null) return undefined;
  return slip(source, {
    line,
    column: found[1]!.length,
    length: found[2]!.length,
    message: 'a colon is missing behind the key',
    hint: `write: ${found[2]}: ${found[3]}`,
  });
}

/** A line that stands neither where the lines before it do, nor deeper in one of them. */
function indent({ source, line, error }: Place): Slip | undefined {
  if (!/^(?:BAD_INDENT|BLOCK_AS_IMPLICIT_KEY|MISSING_CHAR|UNEXPECTED_TOKEN|IMPOSSIBLE)$/.test(error.code))
    return undefined;
  // The parser points at the value above a line that is too deep, and at or behind one that is not deep enough.
  for (const n of [line + 1, line, line - 1]) {
    const found = misplaced(source, n);
    if (found !== undefined) return found;
  }
  return undefined;
}

function misplaced(source: SourceText, n: number): Slip | undefined {
  const text = textOf(source, n);
  if (!/^\s*(?:- +)?[\w.-]+:(?:\s|$)|^\s*- /.test(text)) return undefined;
  const own = widthOf(text);
  const columns = columnsAbove(source, n, text);
  if (columns === undefined || columns.includes(own)) return undefined;
  const wanted = nearestOf(columns, own);
  const isItem = /^\s*- /.test(text);
  const more = Math.abs(own - wanted);
  const blanks = `${more} blank${more === 1 ? '' : 's'}`;
  return slip(source, {
    line: n,
    column: own,
    length: text.trim().length,
    message: `the line begins ${own > wanted ? `${blanks} too far to the right` : `${blanks} too far to the left`}: ${own} blanks stand before it, and ${wanted} before the ${isItem ? 'items' : 'keys'} that it belongs to`,
    hint: own > wanted ? `take ${blanks} away` : `put ${blanks} before it`,
  });
}

/** Where keys and items of the lines above stand, the nearest block first; undefined where a text of several lines is open. */
function columnsAbove(source: SourceText, n: number, text: string): number[] | undefined {
  const isItem = /^\s*- /.test(text);
  const columns = new Set<number>();
  let least = Number.POSITIVE_INFINITY;
  for (let above = n - 1; above >= Math.max(1, n - MAX_BACK); above -= 1) {
    const line = textOf(source, above);
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    if (/[|>][-+]?\s*$/.test(line)) return undefined;
    const width = widthOf(line);
    if (width >= least) continue;
    least = width;
    const item = /^(\s*)((?:- +)+)(?=[\w.-]+:(?:\s|$))/.exec(line);
    if (item !== null) {
      if (isItem) columns.add(width);
      else columns.add(width + item[2]!.length);
    } else if (!isItem) columns.add(width);
    // A key without a value may be followed by what is deeper.
    if (columns.size === 0 && /:\s*$/.test(line)) return undefined;
    if (width === 0) break;
  }
  return columns.size === 0 ? undefined : [...columns];
}

function nearestOf(columns: readonly number[], own: number): number {
  return columns.reduce((best, column) => (Math.abs(column - own) < Math.abs(best - own) ? column : best));
}

/** The last bracket of a line that is open at its end, outside of quotes; -1 where there is none. */
function lastOpen(text: string): number {
  const open: number[] = [];
  let quote: string | undefined;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]!;
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if ((char === '"' || char === "'") && /[\s[{,:(]/.test(text[i - 1] ?? ' ')) quote = char;
    else if (OPENING.includes(char)) open.push(i);
    else if (CLOSING.includes(char)) open.pop();
  }
  return open.at(-1) ?? -1;
}

function widthOf(text: string): number {
  return /^ */.exec(text)![0].length;
}

function textOf(source: SourceText, line: number): string {
  const text = line < 1 ? '' : lineOf(source, line);
  return text.length > MAX_LINE ? '' : text;
}

interface Words {
  code?: string;
  line: number;
  column: number;
  length: number;
  message: string;
  hint: string;
}

function slip(source: SourceText, { line, column, length, ...words }: Words): Slip {
  const start = source.lineStarts[line - 1]! + column;
  return { code: 'CB101', start, end: start + Math.max(1, length), ...words };
}
