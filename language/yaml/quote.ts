/** Shows a line as it should be written: with its value in quotes (Y3). */
import { lineOf, positionOf, type SourceText } from '../diagnostics/diagnostics.ts';

/** A longer line is no line that a person wrote: it is not shown as it should be written. */
const MAX_LINE = 500;
const OPENING = '([{';
const CLOSING = ')]}';

/**
 * The line at `offset` with its value in quotes; undefined where no value can be made out.
 * @param offset a place in the value, or right after where YAML cut it
 */
export function quotedLine(source: SourceText, offset: number): string | undefined {
  const { line, column } = positionOf(source, offset);
  const text = lineOf(source, line);
  if (text.length > MAX_LINE) return undefined;
  const value = valueAround(text, column - 1);
  if (value === undefined || value.end <= value.start) return undefined;
  const written = text.slice(value.start, value.end);
  return `${text.slice(0, value.start)}${quoted(written)}${text.slice(value.end)}`.trim();
}

/**
 * The value at `offset`, when YAML took a comma inside its brackets for its end: `{ if: f("a", "b") > 1 }`.
 * @returns its offsets
 */
export function cutAtComma(source: SourceText, offset: number): { start: number; end: number } | undefined {
  const { line, column } = positionOf(source, offset);
  const text = lineOf(source, line);
  if (text.length > MAX_LINE) return undefined;
  const value = valueAround(text, column - 1);
  if (value === undefined || !value.inFlow) return undefined;
  const before = text.slice(value.start, value.end).split(',')[0]!;
  if (before.length === value.end - value.start || !isOpen(before) || '"\'[{'.includes(before[0]!)) return undefined;
  const lineStart = offset - (column - 1);
  return { start: lineStart + value.start, end: lineStart + value.end };
}

/** As `quotedLine`, for a value of a `{ }` or `[ ]` that is known to begin at `start`. */
export function quotedInFlow(source: SourceText, start: number): string {
  const { line, column } = positionOf(source, start);
  const text = lineOf(source, line);
  if (text.length > MAX_LINE) return 'the whole value in quotes';
  const end = endInFlow(text, column - 1);
  return `${text.slice(0, column - 1)}${quoted(text.slice(column - 1, end))}${text.slice(end)}`.trim();
}

/** In double quotes, in single ones where it has double ones itself. */
export function quoted(text: string): string {
  if (!text.includes('"')) return `"${text.replaceAll('\\', '\\\\')}"`;
  return `'${text.replaceAll("'", "''")}'`;
}

/** Where the value around a column begins and ends: up to the line's end, or inside `{ }` up to the next entry. */
function valueAround(text: string, column: number): { start: number; end: number; inFlow: boolean } | undefined {
  const entry = /(^\s*(?:- +)*|[{[,]\s*)([\w.-]+|"[^"]*"):[ \t]+/g;
  let start: number | undefined;
  let inFlow = false;
  for (const match of text.matchAll(entry)) {
    const behind = match.index + match[0].length;
    if (behind > column && start !== undefined) break;
    start = behind;
    inFlow = /[{[,]\s*$/.test(match[1]!);
  }
  if (start === undefined) start = /^\s*(?:- +)+/.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  return { start, end: inFlow ? endInFlow(text, start) : text.trimEnd().length, inFlow };
}

function endInFlow(text: string, start: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let i = start; i < text.length; i += 1) {
    const char = text[i]!;
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (OPENING.includes(char)) depth += 1;
    else if (CLOSING.includes(char)) {
      depth -= 1;
      if (depth < 0) return text.slice(0, i).trimEnd().length;
    } else if (char === ',' && depth === 0) return i;
  }
  return text.trimEnd().length;
}

/** Whether brackets or quotes are open at the end of a value: it goes on after the place where YAML cut it. */
export function isOpen(value: string): boolean {
  let depth = 0;
  let quote: string | undefined;
  for (const char of value) {
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === '"' || (char === "'" && depth > 0)) quote = char;
    else if (OPENING.includes(char)) depth += 1;
    else if (CLOSING.includes(char)) depth -= 1;
  }
  return depth > 0 || quote !== undefined;
}
