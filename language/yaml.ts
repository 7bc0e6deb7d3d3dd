/** YAML 1.2 → plain JSON, with a place for every value, and without silent losses (Y3). */
import {
  Composer,
  type CST,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Pair,
  Parser,
  type Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import {
  type Diagnostic,
  diagnosticAt,
  MAX_FAULTS_OF_A_FILE,
  positionOf,
  type SourceText,
  sourceText,
} from './diagnostics/diagnostics.ts';
import type { Json } from './model.ts';
import type { Path } from './syntax.ts';
import { cutAtComma, isOpen, quotedInFlow, quotedLine } from './yaml/quote.ts';
import { scan } from './yaml/scan.ts';
import { slipBehind } from './yaml/slips.ts';

export const MAX_BYTES = 256 * 1024;

/** Where a value is, and how it is written. Offsets are UTF-16 units, ends exclusive. */
export interface ValueSpan {
  start: number;
  end: number;
  /** Of the key before it; absent in lists and at the root. */
  key?: { start: number; end: number };
  /** Written without quotes, on one line or several. */
  plain: boolean;
  /** Offset of the first character of a one-line text without escapes, so that offsets in it are offsets in the file. */
  textStart?: number;
  /** A comment follows it. */
  commented: boolean;
}

/** A parsed file: its value, and where each part of it is. */
export interface YamlFile {
  source: SourceText;
  value: Json;
  spans: ReadonlyMap<string, ValueSpan>;
}

export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** The span at `path`, or that of the nearest enclosing value. */
export function spanAt(file: Pick<YamlFile, 'spans'>, path: Path): ValueSpan | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const span = file.spans.get(pathKey(path.slice(0, length)));
    if (span !== undefined) return span;
  }
  return undefined;
}

/**
 * Parses one file; all faults at once. `file` is absent when the text is no YAML, or would lose something in silence.
 * @param path as people name it
 */
export function parseYaml(
  path: string,
  text: string,
): { source: SourceText; file?: YamlFile; diagnostics: Diagnostic[] } {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_BYTES) {
    const message = `the file has ${bytes} bytes, and at most ${MAX_BYTES} are read`;
    const source = sourceText(path, '');
    return { source, diagnostics: [diagnosticAt(source, 0, 0, { code: 'CB102', message, hint: 'split it' })] };
  }
  const source = sourceText(path, text);
  const lexemes = [...new Lexer().lex(text)];
  const refused = scan(source, lexemes);
  if (refused.length > 0) return { source, diagnostics: refused };
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, logLevel: 'error' });
  const [first, second] = composer.compose(tokensOf(lexemes), true, text.length);
  // There is one even of an empty text.
  const document = first!;
  const reader = new Reader(source);
  for (const error of [...document.errors, ...document.warnings]) {
    reader.syntax(error);
    if (reader.found.length > MAX_FAULTS_OF_A_FILE) break;
  }
  if (second !== undefined) reader.secondDocument(second);
  // What follows a syntax error is a guess of the parser: nothing more is said about it.
  const value = document.errors.length === 0 ? reader.document(document) : undefined;
  if (reader.found.length > 0 || value === undefined) return { source, diagnostics: reader.found };
  return { source, file: { source, value, spans: reader.spans }, diagnostics: [] };
}

/** Parses what is lexed already. */
function* tokensOf(lexemes: readonly string[]): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of lexemes) yield* parser.next(lexeme);
  yield* parser.end();
}

type YamlNode = Scalar | YAMLMap | YAMLSeq;

class Reader {
  readonly found: Diagnostic[] = [];
  readonly spans = new Map<string, ValueSpan>();
  readonly #source: SourceText;
  readonly #faultyLines = new Set<number>();
  #isGuessing = false;

  constructor(source: SourceText) {
    this.#source = source;
  }

  document(document: Document.Parsed): Json | undefined {
    if (isMap(document.contents)) return this.#value(document.contents as YAMLMap, []);
    if (this.found.length === 0)
      this.#report({ start: 0, end: 0 }, 'CB111', 'the file must be one map of keys and values');
    return undefined;
  }

  secondDocument({ range: [start, end] }: Document.Parsed): void {
    this.#report({ start, end }, 'CB111', 'a second document begins here', 'put it into a file of its own');
  }

  /** An error of the YAML parser, in words for people who meant a text or an expression. */
  syntax(error: YAMLError): void {
    const [start, end] = error.pos;
    const at = positionOf(this.#source, start).line;
    // The first error of a line is what is wrong; the others come of it.
    if (this.#faultyLines.has(at)) return;
    this.#faultyLines.add(at);
    if (error.code !== 'TAG_RESOLVE_FAILED') {
      // Behind the first error the parser guesses: what it says of the rest comes of that one.
      if (this.#isGuessing) return;
      this.#isGuessing = true;
    }
    const line = quotedLine(this.#source, start);
    const write = line === undefined ? undefined : `is the value one text? write: ${line}`;
    const tell = (code: string, message: string, hint: string | undefined) =>
      this.#report({ start, end }, code, message, hint);
    switch (error.code) {
      case 'TAG_RESOLVE_FAILED':
        tell('CB106', 'a value that begins with `!` is a tag to YAML', write);
        break;
      case 'BLOCK_AS_IMPLICIT_KEY':
      case 'BLOCK_IN_FLOW': {
        const slip = slipBehind(error, this.#source);
        if (slip !== undefined) this.#report(slip, slip.code, slip.message, slip.hint);
        else tell('CB110', 'the value is cut at a colon and a space', write);
        break;
      }
      default: {
        const cut = cutAtComma(this.#source, start);
        const slip = cut === undefined ? slipBehind(error, this.#source) : undefined;
        if (cut !== undefined) this.#cutAt(cut);
        else if (slip !== undefined) this.#report(slip, slip.code, slip.message, slip.hint);
        else tell('CB101', error.message, write);
      }
    }
  }

  #value(node: YamlNode | null, path: Path, key?: { start: number; end: number }): Json {
    if (node === null) return null;
    this.#keep(node, path, key);
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return this.#list(node, path);
    return this.#scalar(node as Scalar);
  }

  #map(map: YAMLMap, path: Path): Json {
    const entries: [string, Json][] = [];
    // By what they become: 1 and "1" are one key of a map. The library compares each key with all others.
    const names = new Set<string>();
    let previous: YamlNode | null = null;
    for (const pair of map.items as Pair<YamlNode, YamlNode | null>[]) {
      const at = rangeOf(pair.key);
      if (!isScalar(pair.key)) {
        this.#report(at, 'CB101', 'a key is a word', 'is a text with braces meant? put it in quotes');
        continue;
      }
      if (map.flow === true && pair.value === null) {
        this.#cut(previous, at);
        continue;
      }
      const name = String(pair.key.value ?? '');
      if (names.has(name)) {
        const end = this.#wordEnd(at.start, at.start + 1);
        this.#report({ start: at.start, end }, 'CB104', 'the key is twice in this map', 'keep one');
        continue;
      }
      names.add(name);
      entries.push([name, this.#value(pair.value, [...path, name], at)]);
      previous = pair.value;
    }
    return Object.fromEntries(entries);
  }

  #list(list: YAMLSeq, path: Path): Json {
    const items = list.items as YamlNode[];
    items.forEach((item, i) => {
      if (list.flow === true && i + 1 < items.length && isPlain(item) && isOpen(String(item.value))) {
        this.#cut(item, rangeOf(items[i + 1]));
      }
    });
    return items.map((item, i) => this.#value(item, [...path, i]));
  }

  #scalar(scalar: Scalar): Json {
    const { value } = scalar;
    const { start, end } = rangeOf(scalar);
    if (typeof value !== 'number') return typeof value === 'string' || typeof value === 'boolean' ? value : null;
    const written = scalar.source ?? '';
    if (!Number.isFinite(value))
      this.#report({ start, end }, 'CB112', `\`${written}\` is not a number that can be stored`);
    else if (/^[-+]?\d+$/.test(written) && (!Number.isSafeInteger(value) || /^[-+]?0\d/.test(written))) {
      const message = `\`${written}\` would become ${value}`;
      this.#report({ start, end }, 'CB112', message, `in quotes it stays as it is: "${written}"`);
    }
    return value;
  }

  /** A value that went on after a comma, which YAML took for its end. */
  #cut(previous: YamlNode | null, rest: { start: number; end: number }): void {
    const open = previous !== null && isPlain(previous) && isOpen(String(previous.value));
    if (open) this.#cutAt({ start: rangeOf(previous).start, end: rest.end });
    else {
      const written = this.#source.text.slice(rest.start, rest.end);
      const [, key, sign, value] = /^([\w.-]+)\s*(:|=)\s*([^=\s].*)$/.exec(written) ?? [];
      const message = sign === ':' ? 'a blank is missing behind the colon' : 'a key without a value';
      this.#report(rest, 'CB101', message, key === undefined ? 'write `key: value`' : `write ${key}: ${value}`);
    }
  }

  #cutAt({ start, end }: { start: number; end: number }): void {
    const hint = `write: ${quotedInFlow(this.#source, start)}`;
    this.#report({ start, end }, 'CB109', 'the value is cut at the comma', hint);
  }

  #keep(node: YamlNode, path: Path, key?: { start: number; end: number }): void {
    const { start, end } = rangeOf(node);
    const written = this.#source.text.slice(start, end);
    const span: ValueSpan = { start, end, plain: isPlain(node), commented: false };
    if (key !== undefined) span.key = key;
    if (isScalar(node)) {
      span.commented = typeof node.comment === 'string';
      const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
      if (span.plain && written === node.value) span.textStart = start;
      else if (quoted && written.slice(1, -1) === node.value) span.textStart = start + 1;
    }
    this.spans.set(pathKey(path), span);
  }

  #wordEnd(start: number, end: number): number {
    const word = /^[^\s:]+/.exec(this.#source.text.slice(start))?.[0].length ?? 0;
    return Math.max(end, start + word);
  }

  #report({ start, end }: { start: number; end: number }, code: string, message: string, hint?: string): void {
    if (this.found.length > MAX_FAULTS_OF_A_FILE) return;
    this.found.push(diagnosticAt(this.#source, start, end, { code, message, hint }));
  }
}

function isPlain(node: YamlNode | null): node is Scalar {
  return isScalar(node) && node.type === 'PLAIN';
}

function rangeOf(node: { range?: readonly number[] | null } | null | undefined): { start: number; end: number } {
  const [start, end] = node?.range ?? [];
  return { start: start ?? 0, end: end ?? start ?? 0 };
}
