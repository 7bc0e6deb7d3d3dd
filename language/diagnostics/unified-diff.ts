/** The difference of two texts as people read it, and as `git apply` and `patch` take it. */
import { commonPairs } from './common-pairs.ts';

/** Lines around a change. */
const AROUND = 3;
const NO_NEWLINE = '\\ No newline at end of file';

export interface TextChange {
  /** With `/`. */
  path: string;
  /** Null where there was no file. */
  before: string | null;
  after: string;
}

/** The files that differ, one after the other; '' where none does. */
export function unifiedDiff(changes: readonly TextChange[]): string {
  return changes.map(ofFile).join('');
}

interface Line {
  mark: ' ' | '-' | '+';
  text: string;
}

function ofFile({ path, before, after }: TextChange): string {
  if (before === after) return '';
  const [a, b] = [linesOf(before ?? ''), linesOf(after)];
  const lines = marked(a, b);
  const head = `--- ${before === null ? '/dev/null' : `a/${path}`}\n+++ b/${path}\n`;
  return (
    head +
    hunks(lines)
      .map(({ from, to }) => hunk(lines, from, to))
      .join('')
  );
}

/** Each with its end: one without it is another line. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

function marked(a: readonly string[], b: readonly string[]): Line[] {
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  const put = (mark: Line['mark'], some: readonly string[]) => lines.push(...some.map((text) => ({ mark, text })));
  for (const [atA, atB] of [...commonPairs(a, b, (one, other) => one === other), [a.length, b.length] as const]) {
    put('-', a.slice(i, atA));
    put('+', b.slice(j, atB));
    put(' ', a.slice(atA, atA + 1));
    [i, j] = [atA + 1, atB + 1];
  }
  return lines;
}

function hunks(lines: readonly Line[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [n, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    const [from, to] = [Math.max(0, n - AROUND), Math.min(lines.length, n + AROUND + 1)];
    const last = found.at(-1);
    if (last && from <= last.to) last.to = to;
    else found.push({ from, to });
  }
  return found;
}

function hunk(lines: readonly Line[], from: number, to: number): string {
  const before = lines.slice(0, from);
  const own = lines.slice(from, to);
  const range = (without: '-' | '+') => {
    const skipped = before.filter(({ mark }) => mark !== without).length;
    const count = own.filter(({ mark }) => mark !== without).length;
    return `${count === 0 ? skipped : skipped + 1},${count}`;
  };
  const shown = own.map(({ mark, text }) => `${mark}${text.endsWith('\n') ? text : `${text}\n${NO_NEWLINE}\n`}`);
  return `@@ -${range('+')} +${range('-')} @@\n${shown.join('')}`;
}
