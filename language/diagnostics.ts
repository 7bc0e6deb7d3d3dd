/** What is said about bad input: where, what came, what is allowed, what to do. */
export interface Diagnostic {
  /** Stable: `CB` and three digits, listed in docs/reference/diagnostics.md. */
  code: string;
  severity: 'error' | 'warning';
  file: string;
  /** From 1. */
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  message: string;
  hint?: string;
}
