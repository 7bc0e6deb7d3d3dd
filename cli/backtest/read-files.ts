/** Files of events into a backtest: parsed as `events import` parses them (E1). */
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { type NewEvent, subjectsOf } from '../../store/events/events.ts';
import { mergesOf } from '../../store/events/timeline.ts';
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
      const refused = 'refused' in parsed ? parsed.refused : undatedOf(parsed.event, file, line.number);
      if (refused) {
        counts.refused += 1;
        options.onRefused(refused);
      } else if ('event' in parsed) {
        counts.events += 1;
        options.onEvent(timelineEventOf(parsed.event, counts.events));
      }
      if (counts.lines % TOLD_EVERY === 0) options.onProgress(counts, file);
    };
    for await (const lines of piecesOf(file)) for (const line of lines) take(line);
  }
  return counts;
}

/** History without an instant has no place in time. */
function undatedOf(event: NewEvent, file: string, line: number): RefusedLine | undefined {
  if (event.stamps.timestamp !== undefined) return undefined;
  const message = 'A line of a backtest needs "timestamp": when did it happen?';
  return { file, line, code: 'missing_field', pointer: '/timestamp', message };
}

function timelineEventOf(event: NewEvent, arrival: number): TimelineEvent {
  const { messageId, kind, name, ids, stamps, properties, patches } = event;
  const at = stamps.timestamp!;
  const subjects = subjectsOf(ids);
  const contactId = subjects.find(({ type }) => type === 'contact')?.id ?? null;
  const merges = mergesOf(kind, contactId, ids.anonymousId ?? null, properties.previousId);
  return { arrival, messageId, name, at, receivedAt: at, properties, subjects, patches, ...merges };
}
