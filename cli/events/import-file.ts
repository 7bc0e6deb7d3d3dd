/** One file of events into the store. */

import type { NewEvent } from '../../events/new-event.ts';
import { importEvents } from '../../store/events/events.ts';
import type { Database } from '../../store/postgres/database.ts';
import { linesOf } from './lines.ts';
import { occurrenceTable } from './occurrence-table.ts';
import { parseLine, type RefusedLine } from './parse-line.ts';

export type { RefusedLine } from './parse-line.ts';

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

export interface ImportOptions {
  source: string;
  onRefused(refused: RefusedLine): void;
  /** After each transaction. */
  onProgress(counts: ImportCounts): void;
}

/**
 * Stores a file's events in the order of its lines. A bad line is reported and passed over. The same file may be given
 * again, whole or longer, after an interruption: what is stored already changes nothing (E2). While one batch is written
 * the next is read; no more than two are held.
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
    const parsed = parseLine(file, line, { source: options.source, history: true, occurrence });
    if ('refused' in parsed) {
      counts.refused += 1;
      options.onRefused(parsed.refused);
    } else {
      batch.push(parsed.event);
      batchBytes += parsed.bytes;
    }
    if (batch.length >= BATCH_EVENTS || batchBytes >= BATCH_BYTES) await flush();
  }
  await flush();
  await writing;
  return counts;
}
