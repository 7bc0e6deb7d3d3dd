import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** A line of the result, on standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** A line of news while something lasts: on standard error, and only when that is a terminal. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${paint('dim', line)}\n`);
}

/** A line that must be seen, terminal or not, on standard error. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Colours a text that goes to `stream` (default: standard error), where that is a terminal that has colours and
 * NO_COLOR is not set.
 */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return stream.isTTY && stream.hasColors() ? styleText(style, text) : text;
}

/** Rows in columns that are as wide as their widest text, two spaces apart. */
export function columns(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, text] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, text.length);
  return rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
}

const SEVERITY_COLOURS = { error: 'red', warning: 'yellow', information: 'cyan' } as const;

/** The severity and the code of a diagnostic, coloured where standard output has colours. */
export function paintSeverity(words: string, severity: 'error' | 'warning' | 'information'): string {
  return paint(SEVERITY_COLOURS[severity], words, process.stdout);
}

/** How many things there are, in words: `1 error`, `3 playbooks`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
