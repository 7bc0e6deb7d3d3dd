/** Sorts a file of lines on disk: runs that fit into memory, merged a few at a time. */
import { renameSync, rmSync } from 'node:fs';
import { LineWriter, readLines } from './line-file.ts';

/** Characters of one run: together with what sorting needs, well under 200 MB. */
const RUN_CHARACTERS = 24 * 1024 * 1024;
/** Files that are merged at once, each with a buffer of its own. */
const FAN_IN = 32;

export interface SortOptions<T> {
  parse(line: string): T;
  compare(a: T, b: T): number;
  /** Characters of one run; less in tests. */
  runCharacters?: number;
}

/** Puts a file's lines in order, in its place. Lines that compare alike stay in their order. */
export function sortFile<T>(path: string, options: SortOptions<T>): void {
  let runs = writeRuns(path, options);
  for (let round = 1; runs.length > 1; round++) {
    const merged: string[] = [];
    for (let i = 0; i < runs.length; i += FAN_IN) {
      const group = runs.slice(i, i + FAN_IN);
      const writer = new LineWriter(`${path}.merge-${round}-${merged.length}`);
      for (const { line } of mergeFiles(group, options)) writer.write(line);
      writer.close();
      for (const run of group) rmSync(run);
      merged.push(writer.path);
    }
    runs = merged;
  }
  if (runs[0] !== undefined) renameSync(runs[0], path);
}

function writeRuns<T>(path: string, { parse, compare, runCharacters = RUN_CHARACTERS }: SortOptions<T>): string[] {
  const runs: string[] = [];
  let lines: { line: string; value: T }[] = [];
  let characters = 0;
  const write = () => {
    lines.sort((a, b) => compare(a.value, b.value));
    const writer = new LineWriter(`${path}.run-${runs.length}`);
    for (const { line } of lines) writer.write(line);
    writer.close();
    runs.push(writer.path);
    lines = [];
    characters = 0;
  };
  for (const line of readLines(path)) {
    lines.push({ line, value: parse(line) });
    characters += line.length;
    if (characters >= runCharacters) write();
  }
  if (lines.length > 0) write();
  return runs;
}

/** The lines of sorted files as one row in order; of lines that compare alike, those of the earlier file first. */
export function* mergeFiles<T>(
  paths: readonly string[],
  { parse, compare }: Pick<SortOptions<T>, 'parse' | 'compare'>,
): Generator<{ line: string; value: T }> {
  const heads: { line: string; value: T; rest: Generator<string>; file: number }[] = [];
  for (const [file, path] of paths.entries()) {
    const rest = readLines(path);
    const { done, value } = rest.next();
    if (!done) heads.push({ line: value, value: parse(value), rest, file });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let i = 1; i < heads.length; i++) {
      if ((compare(heads[i]!.value, heads[least]!.value) || heads[i]!.file - heads[least]!.file) < 0) least = i;
    }
    const head = heads[least]!;
    yield { line: head.line, value: head.value };
    const { done, value } = head.rest.next();
    if (done) heads.splice(least, 1);
    else {
      head.line = value;
      head.value = parse(value);
    }
  }
}
