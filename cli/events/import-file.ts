/** One file of events into the store. */
import { parseCall } from '../../ingest/http/call.ts';
import { pointer, Refused } from '../../ingest/http/refused.ts';
import type { Database } from '../../store/database.ts';
import { importEvents, type NewEvent } from '../../store/events.ts';
import { type Line, linesOf, MAX_LINE_BYTES } from './lines.ts';
import { occurrenceTable } from './occurrence-table.ts';

/** What goes into one transaction, at most. */
const BATCH_EVENTS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;

export interface ImportCounts {
  /** Lines that are not empty. */
  lines: number;
  accepted: number;
  duplicates: number;
  refused: number;
}

/** A line that was not taken, and why. */
export interface RefusedLine {
  file: string;
  line: number;
  code: string;
  /** A JSON Pointer into the line. */
  pointer: string;
  message: string;
}

export interface ImportOptions {
  source: string;
  onRefused(refused: RefusedLine): void;
  /** After each transaction. */
  onProgress(counts: ImportCounts): void;
}

/**
 * Stores a file's events in the order of its lines. A bad line is reported and passed over. The same file may be given
 * again, whole or longer, after whatever interrupted it: what is stored already changes nothing (E2). While one batch is
 * written the next is read; no more than two are held.
 *
 * @throws Failure when the file cannot be read; what PostgreSQL says when it cannot be written to.
 */
export async function importFile(database: Database, file: string, options: ImportOptions): Promise<ImportCounts> {
  const counts: ImportCounts = { lines: 0, accepted: 0, duplicates: 0, refused: 0 };
  const occurrence = occurrenceTable();
  let batch: NewEvent[] = [];
  let batchBytes = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (events: readonly NewEvent[]): Promise<void> => {
    for (const { result } of await importEvents(database, events)) {
      if (result === 'accepted') counts.accepted += 1;
      else counts.duplicates += 1;
    }
    options.onProgress(counts);
  };
  const flush = async (): Promise<void> => {
    await writing;
    writing = write(batch);
    // Awaited before the next batch; until then a failure must not count as unheard.
    writing.catch(() => undefined);
    batch = [];
    batchBytes = 0;
  };
  for await (const line of linesOf(file)) {
    counts.lines += 1;
    try {
      const { event, bytes } = parseCall(jsonOf(line), { source: options.source, history: true, occurrence });
      batch.push(event);
      batchBytes += bytes;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      counts.refused += 1;
      const { code, path, message } = error;
      options.onRefused({ file, line: line.number, code, pointer: pointer(path), message });
    }
    if (batch.length >= BATCH_EVENTS || batchBytes >= BATCH_BYTES) await flush();
  }
  await flush();
  await writing;
  return counts;
}

function jsonOf({ text }: Line): unknown {
  if (text === undefined) {
    throw new Refused('event_too_large', [], `The line has more than ${MAX_LINE_BYTES} bytes.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refused('invalid_field', [], `The line is not JSON: ${(error as Error).message}.`);
  }
}
