/** Lines of NDJSON files, read as a stream: memory does not grow with the file. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure, messageOf } from '../failure.ts';

/** An event has at most 32 kB as compact JSON; blanks and escapes may make its line longer. */
export const MAX_LINE_BYTES = 256 * 1024;

export interface Line {
  /** From 1. */
  number: number;
  /** Without its end; undefined where it is longer than MAX_LINE_BYTES. */
  text: string | undefined;
}

const NEWLINE = 0x0a;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/**
 * The lines of a file; empty ones are passed over. `-` is standard input. What begins as gzip does is unpacked, under any
 * name; a name that ends in `.gz` asks for it.
 *
 * @throws Failure UNREADABLE when the file cannot be read, or is not what its ending says.
 */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  for await (const lines of piecesOf(file)) yield* lines;
}

/** The same, as many at once as have come together: waiting for each line takes as long as reading it. */
export async function* piecesOf(file: string): AsyncGenerator<Line[]> {
  let number = 0;
  const plain: Readable = file === '-' ? process.stdin : createReadStream(file);
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (part: Buffer) => {
    bytes += part.length;
    // What is too long is counted, not kept.
    if (bytes <= MAX_LINE_BYTES) parts.push(part);
  };
  const finish = (): Line => {
    number += 1;
    const whole = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    const text = bytes > MAX_LINE_BYTES ? undefined : whole.toString('utf8').trim();
    parts = [];
    bytes = 0;
    return { number, text };
  };
  try {
    for await (const chunk of await unpacked(plain, file.endsWith('.gz'))) {
      const lines: Line[] = [];
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        take(chunk.subarray(from, end));
        from = end + 1;
        const line = finish();
        if (line.text !== '') lines.push(line);
      }
      take(chunk.subarray(from));
      if (lines.length > 0) yield lines;
    }
  } catch (error) {
    const after = number === 0 ? '' : ` after line ${number}`;
    const hint =
      'Check its name and that it is whole: one JSON object a line, packed with gzip when its name ends in .gz.';
    throw new Failure('UNREADABLE', `${file} cannot be read${after}: ${messageOf(error)}`, hint, { cause: error });
  } finally {
    plain.destroy();
  }
  if (bytes > 0) {
    const line = finish();
    if (line.text !== '') yield [line];
  }
}

/** The bytes as they are, or unpacked where they are gzip's: its first two tell. */
async function unpacked(plain: Readable, mustBe: boolean): Promise<AsyncIterable<Buffer>> {
  const chunks = (plain as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const first = await chunks.next();
  const head: Buffer = first.done ? Buffer.alloc(0) : first.value;
  const all = async function* (): AsyncGenerator<Buffer> {
    if (!first.done) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  const isPacked = head[0] === GZIP_MAGIC[0] && head[1] === GZIP_MAGIC[1];
  if (!isPacked && !mustBe) return all();
  const packed = Readable.from(all());
  const gunzip = createGunzip();
  packed.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  return gunzip;
}
