/**
 * What must be known of a file before YAML is composed from it: nesting (deep brackets would abort the process), and what
 * is refused outright. The lexer reads the text without recursion.
 */
import { type Diagnostic, diagnosticAt, MAX_FAULTS_OF_A_FILE, type SourceText } from '../diagnostics/diagnostics.ts';
import { quotedLine } from './quote.ts';

export const MAX_DEPTH = 32;

/**
 * Faults that keep the file from being composed; none means that it is safe to compose.
 * @param lexemes the text as YAML's lexer divides it
 */
export function scan(source: SourceText, lexemes: readonly string[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const columns: number[] = [];
  let flow = 0;
  let offset = 0;
  let lineStart = 0;
  let depthReported = false;
  let before: { lexeme: string; offset: number } | undefined;
  /** What follows is the text of a scalar, whatever it begins with. */
  let scalar = false;

  for (const lexeme of lexemes) {
    if (found.length > MAX_FAULTS_OF_A_FILE) break;
    // Marks of the lexer's own, without a text.
    if (lexeme === '\u0002' || lexeme === '\u001f' || lexeme === '\u0018') {
      scalar = lexeme === '\u001f';
      if (scalar && flow === 0) enter(offset - lineStart);
      continue;
    }
    const at = { start: offset, end: offset + lexeme.length };
    const first = lexeme[0];
    if (scalar) scalar = false;
    else if (lexeme === '{' || lexeme === '[') {
      flow += 1;
      if (lexeme === '{' && before?.lexeme === '{' && before.offset === offset - 1) bareBraces(before.offset);
    } else if (lexeme === '}' || lexeme === ']') flow = Math.max(0, flow - 1);
    else if (lexeme === '-' && flow === 0) enter(offset - lineStart);
    else if ((first === '&' || first === '*') && lexeme.length > 1) anchor(at, lexeme);
    if (columns.length + flow > MAX_DEPTH && !depthReported) {
      depthReported = true;
      const message = `lists and maps are nested more than ${MAX_DEPTH} deep`;
      found.push(diagnosticAt(source, at.start, at.end, { code: 'CB103', message, hint: 'split the file' }));
    }
    before = { lexeme, offset };
    offset += lexeme.length;
    const newline = lexeme.lastIndexOf('\n');
    if (newline !== -1) lineStart = at.start + newline + 1;
  }
  return found;

  /** Block collections: one for each column at which entries begin. */
  function enter(column: number): void {
    while (columns.length > 0 && columns.at(-1)! > column) columns.pop();
    if (columns.at(-1) !== column) columns.push(column);
  }

  function anchor(at: { start: number; end: number }, lexeme: string): void {
    const line = quotedLine(source, at.start);
    found.push(
      diagnosticAt(source, at.start, at.end, {
        code: 'CB105',
        message: `\`${lexeme}\` is an ${lexeme[0] === '&' ? 'anchor' : 'alias'}, and these are not read`,
        hint: line === undefined ? 'write the value where it is meant' : `if it is a text, put it in quotes: ${line}`,
      }),
    );
  }

  function bareBraces(start: number): void {
    const line = quotedLine(source, start);
    found.push(
      diagnosticAt(source, start, start + 2, {
        code: 'CB107',
        message: 'a bare `{{` is a map to YAML',
        hint: line === undefined ? 'put the text in quotes' : `write: ${line}`,
      }),
    );
  }
}
