/** A backtest from its input to its lines: spooled to disk, in order, run in parts, and the parts' lines as one row. */
import { join } from 'node:path';
import type { Instant } from '../../language/model.ts';
import type { IdPlaces } from '../../simulate/backtest/id-table.ts';
import { compareLines, type PrintedLine } from '../../simulate/backtest/lines.ts';
import { lineOf, type MissedCount, type PlaybookSet } from '../../simulate/backtest/part.ts';
import { holdHeapLow, runParts } from '../../simulate/backtest/run-parts.ts';
import { mergeFiles } from '../../simulate/backtest/sort-file.ts';
import { MIN_EVENTS_TO_DIVIDE, Spool } from '../../simulate/backtest/spool.ts';
import { sumMissed, sumNoPart } from '../../simulate/backtest/tally.ts';
import type { Skipped } from '../../triggers/engine/skipped.ts';
import { Failure } from '../failure.ts';

export interface ReplayOptions {
  folder: string;
  sets: PlaybookSet[];
  /** Processors to use; asked for by name, the events are divided however few there are. */
  processors: { count: number; asked: boolean };
  from?: Instant | undefined;
  until?: Instant | undefined;
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
  lines(): Generator<PrintedLine>;
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
  const { folder, sets, processors, from, say } = options;
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
    sets: sets.map((_, n) => ({
      *lines() {
        const paths = results.map((result) => result.sets[n]!.lines);
        for (const { value } of mergeFiles(paths, { parse: lineOf, compare: compareLines })) yield value.line;
      },
      missed: sumMissed(results.map((result) => result.sets[n]!.missed)),
      noPart: sumNoPart(results.map((result) => result.sets[n]!.noPart)),
      stillDue: [...new Set(results.flatMap((result) => result.sets[n]!.stillDue))].sort(),
    })),
  };
}
