/** Files of lines in the run's own folder: written and read in large pieces, so that no file is in memory whole. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const PIECE_BYTES = 1 << 20;
const NEWLINE = 0x0a;

/** Collects lines and writes them a megabyte at a time. */
export class LineWriter {
  readonly path: string;
  readonly #fd: number;
  #pending: string[] = [];
  #length = 0;

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'w', 0o600);
  }

  write(line: string): void {
    this.#pending.push(line);
    this.#length += line.length + 1;
    if (this.#length >= PIECE_BYTES) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#fd);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const bytes = Buffer.from(`${this.#pending.join('\n')}\n`);
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#fd, bytes, from);
    this.#pending = [];
    this.#length = 0;
  }
}

/** The lines of a file that a LineWriter wrote, one by one. */
export function* readLines(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (let n = readSync(fd, piece); n > 0; n = readSync(fd, piece)) {
      const end = piece.lastIndexOf(NEWLINE, n - 1);
      if (end === -1) {
        rest = Buffer.concat([rest, piece.subarray(0, n)]);
        continue;
      }
      const text = Buffer.concat([rest, piece.subarray(0, end)]).toString('utf8');
      rest = Buffer.from(piece.subarray(end + 1, n));
      yield* text.split('\n');
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    closeSync(fd);
  }
}
