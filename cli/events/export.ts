/** Stored events to a file, or to standard output. */
import { createWriteStream } from 'node:fs';
import { PassThrough, Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type ExportOptions, storedEvents } from '../../store/events/event-export.ts';
import type { Database } from '../../store/postgres/database.ts';
import { Failure, messageOf } from '../failure.ts';
import { callOf } from './call-of.ts';

export interface Exported {
  written: number;
  /** Events that no line can name. */
  left: number;
}

/** @throws Failure NOT_WRITTEN when the file cannot be written. */
export async function exportEvents(database: Database, options: ExportOptions & { out?: string }): Promise<Exported> {
  const exported: Exported = { written: 0, left: 0 };
  const lines = Readable.from(linesFrom(database, options, exported));
  const { out } = options;
  if (out === undefined) {
    await pipeline(lines, process.stdout, { end: false });
    return exported;
  }
  const file: Writable = createWriteStream(out, { mode: 0o600 });
  try {
    await pipeline(lines, out.endsWith('.gz') ? createGzip() : new PassThrough(), file);
  } catch (error) {
    if (file.errored === null) throw error;
    const hint = 'Name a file in a folder that exists and may be written.';
    throw new Failure('NOT_WRITTEN', `${out} could not be written: ${messageOf(error)}`, hint, { cause: error });
  }
  return exported;
}

async function* linesFrom(database: Database, options: ExportOptions, exported: Exported): AsyncGenerator<string> {
  for await (const event of storedEvents(database.pool, options)) {
    const call = callOf(event);
    if (call === undefined) exported.left += 1;
    else {
      exported.written += 1;
      yield `${JSON.stringify(call)}\n`;
    }
  }
}
