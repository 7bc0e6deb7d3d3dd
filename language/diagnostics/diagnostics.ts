/** What is said about bad input: where, what came, what is allowed, what to do. */
export interface Diagnostic {
  /** Stable: `CB` and three digits, listed in docs/reference/diagnostics.md. */
  code: string;
  /** `information` asks for nothing: it says what a line does. */
  severity: 'error' | 'warning' | 'information';
  file: string;
  /** From 1. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  message: string;
  hint?: string;
  /** Only where nothing else can be meant. */
  fix?: Fix;
}

/** What to write in place of `[start, end)` of the file, in UTF-16 units. */
export interface Fix {
  start: number;
  end: number;
  text: string;
}

/** A text with the beginnings of its lines, so that offsets have a line and a column. */
export interface SourceText {
  /** As people name it: `playbooks/cart-abandoned.yaml`. */
  path: string;
  text: string;
  lineStarts: readonly number[];
}

export function sourceText(path: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  return { path, text, lineStarts };
}

/** Line and column, both from 1, of an offset in UTF-16 units. */
export function positionOf(source: SourceText, offset: number): { line: number; column: number } {
  let low = 0;
  let high = source.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (source.lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - source.lineStarts[low]! + 1 };
}

/** The line's text, without its end; lines count from 1. */
export function lineOf(source: SourceText, line: number): string {
  const start = source.lineStarts[line - 1];
  if (start === undefined) return '';
  return source.text.slice(start, source.lineStarts[line] ?? source.text.length).replace(/\r?\n$/, '');
}

export interface Finding {
  code: string;
  message: string;
  hint?: string | undefined;
  severity?: Diagnostic['severity'];
  /** Only where nothing else can be meant; a text stands in place of the whole that is pointed at. */
  fix?: string | Fix | undefined;
}

/** So many faults of one file are listed: whoever has more begins with the first. */
export const MAX_FAULTS_OF_A_FILE = 100;
/** Messages and hints quote what came: of a file without line ends that would be the whole file. */
const MAX_SAID = 600;
/** So much of a long line is shown, around the place. */
const MAX_SHOWN = 160;
const CUT = '…';

function cut(text: string): string {
  return text.length <= MAX_SAID ? text : `${text.slice(0, MAX_SAID)}${CUT}`;
}

/** The part of a line that is shown, and the offset in it of what was at `from`. */
function excerpt(text: string, from: number): { shown: string; from: number } {
  if (text.length <= MAX_SHOWN) return { shown: text, from };
  const start = Math.max(0, Math.min(from - MAX_SHOWN / 4, text.length - MAX_SHOWN));
  const end = start + MAX_SHOWN;
  const before = start > 0 ? CUT : '';
  const shown = `${before}${text.slice(start, end)}${end < text.length ? CUT : ''}`;
  return { shown, from: before.length + from - start };
}

/** A diagnostic about `[start, end)` of a source. */
export function diagnosticAt(source: SourceText, start: number, end: number, finding: Finding): Diagnostic {
  const from = positionOf(source, start);
  const to = positionOf(source, Math.max(end, start));
  return {
    code: finding.code,
    severity: finding.severity ?? 'error',
    file: source.path,
    line: from.line,
    column: from.column,
    endLine: to.line,
    endColumn: to.column,
    message: cut(finding.message),
    ...(finding.hint === undefined ? {} : { hint: cut(finding.hint) }),
    ...(finding.fix === undefined ? {} : { fix: fixOf(finding.fix, start, Math.max(end, start)) }),
  };
}

function fixOf(fix: string | Fix, start: number, end: number): Fix {
  return typeof fix === 'string' ? { start, end, text: fix } : fix;
}

/** The order in which diagnostics are shown: by file, then place. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
    a.line - b.line ||
    a.column - b.column ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}

/** A tab is shown as wide as this, so that the caret is below what it means. */
const TAB = '  ';

/**
 * For people: `playbooks/cart.yaml:12:7 error CB104 …`, the source line, a caret below the place, the hint.
 * @param source the file that the diagnostic is about; without it the source line is left out
 * @param paint colours severity and code
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  source?: SourceText,
  paint: (words: string, severity: Diagnostic['severity']) => string = (words) => words,
): string {
  const { file, line, column, severity, code, message, hint, endLine, endColumn } = diagnostic;
  const shown = [`${file}:${line}:${column} ${paint(`${severity} ${code}`, severity)} ${message}`];
  if (source !== undefined) {
    const whole = lineOf(source, line);
    const { shown: text, from } = excerpt(whole, column - 1);
    const before = text.slice(0, from);
    const end = endLine === line ? from + endColumn - column : text.length;
    const width = Math.max(1, text.slice(from, end).replaceAll('\t', TAB).length);
    shown.push(`  ${text.replaceAll('\t', TAB)}`);
    shown.push(`  ${' '.repeat(before.replaceAll('\t', TAB).length)}${'^'.repeat(width)}`);
  }
  if (hint !== undefined) shown.push(...hint.split('\n').map((part) => `  ${part}`));
  return shown.join('\n');
}

/** For programs: one JSON object on one line. */
export function diagnosticLine(diagnostic: Diagnostic): string {
  const { code, severity, file, line, column, endLine, endColumn, message, hint, fix } = diagnostic;
  return JSON.stringify({ code, severity, file, line, column, endLine, endColumn, message, hint, fix });
}
