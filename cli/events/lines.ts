/** Lines of NDJSON files, read as a stream: memory does not grow with the file. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
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

/**
 * The lines of a file; empty ones are passed over. `-` is standard input, and a name that ends in `.gz` is unpacked.
 *
 * @throws Failure UNREADABLE when the file cannot be read, or is not what its ending says.
 */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let number = 0;
  const plain: Readable = file === '-' ? process.stdin : createReadStream(file);
  let source = plain;
  if (file.endsWith('.gz')) {
    const unpacked = createGunzip();
    plain.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
    source = unpacked;
  }
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (part: Buffer) => {
    bytes += part.length;
    // What is too long is counted, not kept.
    if (bytes <= MAX_LINE_BYTES) parts.push(part);
  };
  const finish = (): Line => {
    number += 1;
    const text = bytes > MAX_LINE_BYTES ? undefined : Buffer.concat(parts).toString('utf8').trim();
    parts = [];
    bytes = 0;
    return { number, text };
  };
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
        take(chunk.subarray(from, end));
        from = end + 1;
        const line = finish();
        if (line.text !== '') yield line;
      }
      take(chunk.subarray(from));
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
    if (line.text !== '') yield line;
  }
}
