/** A backtest from its input to its lines: spooled to disk, in order, run in parts, and the parts' lines as one row. */
import { join } from 'node:path';
import type { Instant } from '../../language/model.ts';
import type { IdPlaces } from '../../simulate/backtest/id-table.ts';
import {
  compareStored,
  LINE_TYPES,
  type LineType,
  type PrintedLine,
  storedLine,
} from '../../simulate/backtest/lines.ts';
import type { MissedCount, PlaybookSet } from '../../simulate/backtest/part.ts';
import { holdHeapLow, runParts } from '../../simulate/backtest/run-parts.ts';
import { mergeFiles } from '../../simulate/backtest/sort-file.ts';
import { MIN_EVENTS_TO_DIVIDE, Spool } from '../../simulate/backtest/spool.ts';
import { sumMissed, sumNoPart, Tally } from '../../simulate/backtest/tally.ts';
import type { Skipped } from '../../triggers/engine/skipped.ts';
import { Failure } from '../failure.ts';

export interface ReplayOptions {
  folder: string;
  sets: PlaybookSet[];
  /** Processors to use; asked for by name, the events are divided however few there are. */
  processors: { count: number; asked: boolean };
  from?: Instant | undefined;
  until?: Instant | undefined;
  /** Lines that are read afterwards; absent: all. Whatever they are, all are counted. */
  keeps?: readonly LineType[];
  /** Nothing but firings is asked for (V4). */
  firingsOnly?: boolean;
  say(line: string): void;
}

export interface Replayed {
  /** Without those that repeat an id. */
  events: number;
  repeats: number;
  sorted: boolean;
  parts: number;
  sets: ReplayedSet[];
}

export interface ReplayedSet {
  /** Of the kept types; where some are asked for, of those. */
  lines(): Generator<PrintedLine>;
  /** The same as texts of JSON. */
  texts(only?: readonly LineType[]): Generator<string>;
  tally: Tally;
  missed: MissedCount[];
  noPart: Skipped[];
  /** Playbooks that would fire by time alone after the end, by name. */
  stillDue: string[];
}

const partsRun: typeof runParts = (parts, running) =>
  runParts(parts, running).catch((error: unknown) => {
    const { code, message, hint } = error as { code?: unknown; message?: string; hint?: string };
    if (code !== 'ENDLESS') throw error;
    throw new Failure(code, String(message), String(hint), { exitCode: 1, cause: error });
  });

/** Where the input's events go, and the run's folder for whatever else it leaves. */
export interface Feeding {
  spool: Spool;
  folder: string;
}

/** What the input gives in addition to its events. */
export interface Fed {
  /** A file of `lineOfSent`. */
  sentByOthers?: string;
  /** Of events of effects that the history holds (V4). */
  written?: IdPlaces;
  until?: Instant | undefined;
}

/** @param feed puts every event of the input into the spool, in the order of arrival */
export async function replay(options: ReplayOptions, feed: (to: Feeding) => Promise<Fed>): Promise<Replayed> {
  const { folder, sets, processors, from, say, keeps = LINE_TYPES, firingsOnly = false } = options;
  holdHeapLow();
  const spool = new Spool({
    folder,
    versions: sets.flatMap(({ versions }) => versions),
    people: { ...sets[0]!.people, persons: sets.flatMap(({ people }) => people.persons) },
    parts: processors.count,
    ...(processors.asked && { leastEvents: 0 }),
  });
  const { sentByOthers, written, until } = await feed({ spool, folder });
  say(`${spool.events} events read`);
  const { files, events, repeats, sorted, merges } = spool.finish();
  if (sorted) say('they were not in order, and were sorted on disk');
  const done = files.map(() => 0);
  const results = await partsRun(
    files.map((file, n) => ({
      sets,
      events: file,
      merges,
      lines: join(folder, `lines-${n}`),
      keeps,
      firingsOnly,
      from,
      until: options.until ?? until,
      sentByOthers,
      written,
    })),
    {
      isSmall: events < MIN_EVENTS_TO_DIVIDE,
      onProgress(part, set, count) {
        done[part] = set * (events / files.length) + count;
        const share = done.reduce((a, b) => a + b, 0) / Math.max(1, events * sets.length);
        say(`${Math.min(100, Math.floor(share * 100))} % replayed`);
      },
    },
  );
  return {
    events,
    repeats,
    sorted,
    parts: files.length,
    sets: sets.map((_, n) => {
      const ofSet = results.map((result) => result.sets[n]!);
      const texts = function* (only: readonly LineType[] = keeps): Generator<string> {
        const paths = ofSet.map(({ lines }) => lines);
        for (const { value } of mergeFiles(paths, { parse: storedLine, compare: compareStored })) {
          if (only.includes(value.type)) yield value.json;
        }
      };
      const tally = new Tally();
      for (const { tally: counts } of ofSet) tally.include(counts);
      return {
        *lines() {
          for (const text of texts()) yield JSON.parse(text) as PrintedLine;
        },
        texts,
        tally,
        missed: sumMissed(ofSet.map(({ missed }) => missed)),
        noPart: sumNoPart(ofSet.map(({ noPart }) => noPart)),
        stillDue: [...new Set(ofSet.flatMap(({ stillDue }) => stillDue))].sort(),
      };
    }),
  };
}
