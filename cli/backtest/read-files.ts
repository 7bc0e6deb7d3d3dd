/** Files of events into a backtest: parsed as `events import` parses them (E1). */
import { type NewEvent, timelineEventOf } from '../../events/new-event.ts';
import type { Instant } from '../../language/model.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { type Line, piecesOf } from '../events/lines.ts';
import { occurrenceTable } from '../events/occurrence-table.ts';
import { parseLine, type RefusedLine } from '../events/parse-line.ts';

/** The source that `events import` gives to files. */
const SOURCE = 'import';

export interface ReadCounts {
  /** Lines that are not empty. */
  lines: number;
  /** Characters of these lines. */
  characters: number;
  events: number;
  refused: number;
}

export interface ReadOptions {
  onEvent(event: TimelineEvent): void;
  onRefused(refused: RefusedLine): void;
  onProgress(counts: ReadCounts, file: string): void;
}

const TOLD_EVERY = 5_000;

/**
 * Reads files in their order, the order of lines being that of arrival. A bad line is reported and passed over;
 * of several with one messageId all are given.
 *
 * @throws Failure when a file cannot be read
 */
export async function readFiles(files: readonly string[], options: ReadOptions): Promise<ReadCounts> {
  const counts: ReadCounts = { lines: 0, characters: 0, events: 0, refused: 0 };
  for (const file of files) {
    const occurrence = occurrenceTable();
    const take = (line: Line) => {
      counts.lines += 1;
      counts.characters += (line.text?.length ?? 0) + 1;
      const parsed = parseLine(file, line, { source: SOURCE, history: true, occurrence });
      const dated = 'refused' in parsed ? parsed : datedOf(parsed.event, file, line.number);
      if ('refused' in dated) {
        counts.refused += 1;
        options.onRefused(dated.refused);
      } else {
        counts.events += 1;
        options.onEvent(timelineEventOf(dated.event, dated.at, counts.events));
      }
      if (counts.lines % TOLD_EVERY === 0) options.onProgress(counts, file);
    };
    for await (const lines of piecesOf(file)) for (const line of lines) take(line);
  }
  return counts;
}

/** History without an instant has no place in time. */
function datedOf(
  event: NewEvent,
  file: string,
  line: number,
): { event: NewEvent; at: Instant } | { refused: RefusedLine } {
  const at = event.stamps.timestamp;
  if (at !== undefined) return { event, at };
  const message = 'A line of a backtest needs "timestamp": when did it happen?';
  return { refused: { file, line, code: 'missing_field', pointer: '/timestamp', message } };
}
