import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/**
 * Stands for the escape character in colours of our own, until a line is written: what data brings is then told apart,
 * since no data knows it.
 */
const OWN_ESCAPE = `[${randomBytes(8).toString('hex')}]`;
/** What a terminal obeys, and what shows a text in another order than it has; line ends and tabs lay lines out. */
const OBEYED = /[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const LAYS_OUT = /[\n\t]/g;

/**
 * A text in which control characters, and those that turn the direction of letters, are shown as `\u001b`. In a line of
 * JSON that is the same value.
 */
export function visible(text: string): string {
  return text.replace(OBEYED, escapeOf);
}

function escapeOf(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** As it goes to a terminal or a file: only colours of our own are obeyed. */
export function writable(text: string): string {
  return visible(text).replaceAll(OWN_ESCAPE, '\u001b');
}

/** Lines of the result, on standard output. */
export function print(lines = ''): void {
  process.stdout.write(`${writable(lines)}\n`);
}

/** One line, whatever data stands in it: what would begin another is shown, so that no id or key can say what Cuebook says. */
export function printLine(line: string): void {
  print(line.replace(LAYS_OUT, escapeOf));
}

/** A line of news while something lasts: on standard error, and only when that is a terminal. */
export function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${writable(paint('dim', line))}\n`);
}

/** A line that must be seen, terminal or not, on standard error. */
export function note(line: string): void {
  process.stderr.write(`${writable(line)}\n`);
}

/**
 * Colours a text that goes to `stream` (default: standard error), where that is a terminal that has colours and
 * NO_COLOR is not set. Its colours are written by `print`, `progress` and `note` alone.
 */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  if (!stream.isTTY || !stream.hasColors()) return text;
  return styleText(style, visible(text)).replaceAll('\u001b', OWN_ESCAPE);
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
