/** Where the events of a backtest come from: files, or the store. */
import { stat } from 'node:fs/promises';
import type { Instant } from '../../language/model.ts';
import type { PlaybookSet } from '../../simulate/backtest/part.ts';
import { showSome } from '../events/show-refused.ts';
import { print, progress } from '../output.ts';
import { readFiles } from './read-files.ts';
import type { Fed, Feeding } from './replay.ts';

export type Input =
  | { kind: 'files'; files: string[] }
  | { kind: 'store'; from: Instant | undefined; to: Instant | undefined; dataDir: string | undefined };

export interface ReadSummary {
  /** Lines that were not taken. */
  refused: number;
}

export interface InputReader {
  feed(to: Feeding, set: PlaybookSet): Promise<Fed>;
  /** Complete once everything is read. */
  summary: ReadSummary;
}

export function inputOf(input: Input, json: boolean): InputReader {
  const summary: ReadSummary = { refused: 0 };
  if (input.kind === 'store') {
    return {
      summary,
      async feed(to, { versions }) {
        const { readStore } = await import('./read-store.ts');
        return readStore(to, input, versions);
      },
    };
  }
  return {
    summary,
    async feed({ spool }) {
      const estimate = await estimateOf(input.files);
      const { refused } = await readFiles(input.files, {
        onEvent: (event) => spool.addOnce(event),
        onRefused: json ? (line) => print(JSON.stringify({ type: 'refused', ...line })) : refusalsByFile(),
        onProgress: ({ lines, characters }, file) => estimate(`${file}: ${lines} lines`, characters),
      });
      summary.refused = refused;
      return {};
    },
  };
}

function refusalsByFile(): Parameters<typeof readFiles>[1]['onRefused'] {
  const byFile = new Map<string, ReturnType<typeof showSome>>();
  return (line) => {
    let show = byFile.get(line.file);
    if (!show) byFile.set(line.file, (show = showSome()));
    show(line);
  };
}

const SAID_EVERY_MS = 1_000;

/** Says how far reading is, and from the first second on how long it will take: the rate so far over what is left. */
async function estimateOf(files: readonly string[]): Promise<(what: string, characters: number) => void> {
  const plain = files.every((file) => file !== '-' && !file.endsWith('.gz'));
  let bytes = 0;
  // What cannot be opened is said where it is read.
  if (plain)
    for (const file of files)
      bytes += await stat(file).then(
        ({ size }) => size,
        () => 0,
      );
  const began = performance.now();
  let last = began;
  return (what, characters) => {
    const now = performance.now();
    if (now - last < SAID_EVERY_MS) return;
    last = now;
    const leftMs = (now - began) * (bytes / characters - 1);
    progress(bytes > 0 && leftMs > 0 ? `${what}, about ${Math.ceil(leftMs / 1000)} s to read` : what);
  };
}
