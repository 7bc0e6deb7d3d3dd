/** Offsets of a file as line and column. */
import type { Diagnostic } from '../diagnostics/diagnostics.ts';
import type { Fault } from './parse.ts';

export function toDiagnostic(file: string, text: string, fault: Fault): Diagnostic {
  const start = placeAt(text, fault.start);
  const end = placeAt(text, fault.end);
  return {
    code: fault.code,
    severity: 'error',
    file,
    ...start,
    endLine: end.line,
    endColumn: end.column,
    message: fault.message,
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  };
}

/** Both from 1. */
function placeAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines[lines.length - 1]!.length + 1 };
}
