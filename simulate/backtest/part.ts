/** One part of a backtest: each set of playbooks runs over the part's events, and leaves a file of lines in order. */
import type { Instant, People, PlaybookVersion, Settings } from '../../language/model.ts';
import { type Skipped, SkippedCounts } from '../../triggers/engine/skipped.ts';
import { run } from '../run/run.ts';
import type { Missed, RunInput } from '../run/types.ts';
import { type IdPlaces, IdTable } from './id-table.ts';
import { LineWriter } from './line-file.ts';
import {
  compareInstants,
  compareLines,
  compareStored,
  type LineType,
  type PlacedLine,
  placed,
  storedLine,
  storedText,
} from './lines.ts';
import { sentMessages } from './sent-file.ts';
import { sortFile } from './sort-file.ts';
import { claimsIn, spooledEvents } from './spool.ts';
import { Tally, type TallyCounts } from './tally.ts';

/** The playbooks of one run: the current ones, a changed folder's, or a variant's. */
export interface PlaybookSet {
  versions: PlaybookVersion[];
  settings: Settings;
  people: People;
}

export interface PartOptions {
  sets: PlaybookSet[];
  /** A file of events, from `Spool`. */
  events: string;
  /** Whether one of them merges contacts (E6). */
  merges: boolean;
  /** Where lines are written; each set appends its number. */
  lines: string;
  /** Those that are written; all are counted. */
  keeps: readonly LineType[];
  /** Nothing but firings is asked for (V4). */
  firingsOnly?: boolean;
  from?: Instant | undefined;
  until?: Instant | undefined;
  /** A file of `lineOfSent`, by their instants. */
  sentByOthers?: string | undefined;
  /** Of system events that the history holds, by `systemEventKey`. */
  written?: IdPlaces | undefined;
}

export interface PartResult {
  sets: PartOfSet[];
}

/** What a part's run of a set of playbooks gave. */
export interface PartOfSet {
  /** A file of lines, in order. */
  lines: string;
  tally: TallyCounts;
  /** How often the playbooks came close. */
  missed: MissedCount[];
  noPart: Skipped[];
  /** Playbooks that would fire by time alone after the run's end. */
  stillDue: string[];
}

export interface MissedCount {
  playbook: string;
  by: string;
  count: number;
}

/** @param onProgress called every 10,000 events with the number of events that a set has read */
export function runPart(options: PartOptions, onProgress: (set: number, events: number) => void): PartResult {
  // Who owns a visitor at a place follows from all claims, those that come later too.
  const claims = options.merges ? claimsIn(options.events) : undefined;
  const sets = options.sets.map((set, n) => runSet({ ...options, claims }, set, n, (events) => onProgress(n, events)));
  return { sets };
}

function runSet(
  options: PartOptions & Pick<RunInput, 'claims'>,
  { versions, settings, people }: PlaybookSet,
  n: number,
  onProgress: (events: number) => void,
): PartOfSet {
  const { events, claims, lines, keeps, firingsOnly, from, until, sentByOthers, written } = options;
  const writer = new LineWriter(`${lines}-${n}`);
  const instant = new InstantOfLines(writer);
  const tally = new Tally();
  const missed = new Map<string, MissedCount>();
  const count = ({ playbook, by, amount, at }: Missed) => {
    if (from !== undefined && at < from) return;
    const id = JSON.stringify([playbook, by]);
    const known = missed.get(id);
    if (known) known.count += amount;
    else missed.set(id, { playbook, by, count: amount });
  };
  const noPart = new SkippedCounts({ examples: true });
  const stillDue: string[] = [];
  const others = sentByOthers === undefined ? undefined : sentMessages(sentByOthers);
  run(
    {
      versions,
      settings,
      people,
      records: [],
      events: counted(spooledEvents(events), onProgress),
      claims,
      backtest: true,
      firingsOnly,
      from,
      until,
      sentByOthers: others,
      written: written && new IdTable(written),
      onMissed: count,
      onStillDue: (playbook) => stillDue.push(playbook),
      onNoPart(looked, at) {
        if (from === undefined || at >= from) noPart.add(looked);
      },
    },
    (line) => {
      tally.add(line);
      if (keeps.includes(line.type)) instant.add(placed(line));
    },
  );
  others?.return(undefined);
  instant.close();
  writer.close();
  if (!instant.ordered) sortFile(writer.path, { parse: storedLine, compare: compareStored });
  const { counts } = tally;
  return { lines: writer.path, tally: counts, missed: [...missed.values()], noPart: noPart.rows(), stillDue };
}

/** Lines come as things happen, instant by instant; within one they are put in the order in which they are printed. */
class InstantOfLines {
  readonly #writer: LineWriter;
  #lines: PlacedLine[] = [];
  #at = '';
  /** False once a line came that belongs to an instant before the last one. */
  ordered = true;

  constructor(writer: LineWriter) {
    this.#writer = writer;
  }

  add(line: PlacedLine): void {
    const { at } = line.line;
    if (at !== this.#at) {
      if (compareInstants(at, this.#at) < 0) this.ordered = false;
      this.close();
      this.#at = at;
    }
    this.#lines.push(line);
  }

  close(): void {
    if (this.#lines.length > 1) this.#lines.sort(compareLines);
    for (const line of this.#lines) this.#writer.write(storedText(line));
    this.#lines = [];
  }
}

const TOLD_EVERY = 10_000;

function* counted<T>(items: Iterable<T>, tell: (count: number) => void): Generator<T> {
  let count = 0;
  for (const item of items) {
    yield item;
    count += 1;
    if (count % TOLD_EVERY === 0) tell(count);
  }
  tell(count);
}
