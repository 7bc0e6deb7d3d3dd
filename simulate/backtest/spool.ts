/** The events of a backtest on disk: in order, and in as many parts as there are processors to run them. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { People, PlaybookVersion } from '../../language/model.ts';
import { type IdentityLink, identityLinksOf } from '../../language/records/identity-links.ts';
import { compareEvents, type TimelineEvent } from '../../language/records/timeline.ts';
import { Components } from './components.ts';
import { eventOfLine, lineOfEvent } from './event-line.ts';
import { LineWriter, readLines } from './line-file.ts';
import { colleagueNames, needsAll, relationTraits } from './relations.ts';
import { type Repeated, Repeats } from './repeats.ts';
import { sortFile } from './sort-file.ts';

/** Fewer are run faster than divided. */
export const MIN_EVENTS_TO_DIVIDE = 20_000;

export interface SpoolOptions {
  folder: string;
  /** Every version that will be run over the events. */
  versions: readonly PlaybookVersion[];
  people: People;
  /** How many run at once, at most. */
  parts: number;
  /** Divide however few events there are. */
  leastEvents?: number;
  /** Characters of one run when sorting on disk. */
  runCharacters?: number;
}

export interface Spooled {
  /** A file of events in E4's order for each part. */
  files: string[];
  /** Without those that repeat an id. */
  events: number;
  repeats: number;
  /** Whether they had to be sorted. */
  sorted: boolean;
  /** Whether one of them merges contacts (E6). */
  merges: boolean;
}

export class Spool {
  readonly #options: SpoolOptions;
  readonly #all: LineWriter;
  readonly #components: Components | undefined;
  #repeats: Repeats | undefined;
  #last: TimelineEvent | undefined;
  #ordered = true;
  #merges = false;
  #events = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#all = new LineWriter(join(options.folder, 'events'));
    const { versions, people, parts } = options;
    if (parts > 1 && !needsAll(versions)) {
      this.#components = new Components(relationTraits(versions), colleagueNames(people));
    }
  }

  get events(): number {
    return this.#events;
  }

  /** Events come in the order of their arrival. */
  add(event: TimelineEvent): void {
    this.#events += 1;
    if (this.#last && compareEvents(this.#last, event) > 0) this.#ordered = false;
    this.#last = event;
    this.#merges ||= event.merges !== undefined;
    this.#all.write(lineOfEvent(event, this.#components?.add(event)));
  }

  /** Adds an event unless one with its id came before (E2): which those are is found at the end. */
  addOnce(event: TimelineEvent): void {
    this.#repeats ??= new Repeats(this.#options.folder);
    this.#repeats.note(event.messageId, event.arrival);
    this.add(event);
  }

  /** Drops what repeats, sorts what did not come in order, and divides it. Nothing may be added after it. */
  finish(): Spooled {
    this.#all.close();
    const { parts, leastEvents = MIN_EVENTS_TO_DIVIDE } = this.#options;
    const all = this.#all.path;
    const repeated = this.#repeats?.finish();
    const repeats = repeated?.count ?? 0;
    if (repeated && repeats > 0) this.#drop(all, repeated);
    if (!this.#ordered) this.#sort(all);
    const divides = this.#components !== undefined && this.#events >= leastEvents;
    const files = divides ? this.#divide(all, parts, this.#components!) : [all];
    return { files, events: this.#events, repeats, sorted: !this.#ordered, merges: this.#merges };
  }

  /** Both files are in the order of arrival. */
  #drop(path: string, repeated: Repeated): void {
    const writer = new LineWriter(`${path}.once`);
    const repeats = readLines(repeated.path);
    const read = () => Number(repeats.next().value ?? Number.POSITIVE_INFINITY);
    let next = read();
    let last: Place | undefined;
    this.#ordered = true;
    for (const line of readLines(path)) {
      const place = placeOfLine(line);
      if (place[2] === next) {
        next = read();
        continue;
      }
      if (last && comparePlaces(last, place) > 0) this.#ordered = false;
      last = place;
      writer.write(line);
    }
    writer.close();
    renameSync(writer.path, path);
    this.#events -= repeated.count;
  }

  #sort(path: string): void {
    const { runCharacters } = this.#options;
    const bounds = runCharacters === undefined ? {} : { runCharacters };
    sortFile(path, { parse: placeOfLine, compare: comparePlaces, ...bounds });
  }

  #divide(all: string, parts: number, components: Components): string[] {
    const partOf = components.parts(parts);
    const writers = Array.from({ length: parts }, (_, n) => new LineWriter(`${all}-${n}`));
    for (const line of readLines(all)) writers[partOf(placeOfLine(line)[3])]!.write(line);
    for (const writer of writers) writer.close();
    return writers.map(({ path }) => path);
  }
}

/** Read back from a part's file, one by one. */
export function* spooledEvents(file: string): Generator<TimelineEvent> {
  for (const line of readLines(file)) yield eventOfLine(line);
}

/** Every identity link among the events of a part's file (E6). */
export function claimsIn(file: string): IdentityLink[] {
  const claims: IdentityLink[] = [];
  for (const event of spooledEvents(file)) claims.push(...identityLinksOf(event));
  return claims;
}

type Place = [at: number, receivedAt: number, arrival: number, component: number];

/** The numbers at the beginning of an event's line, without reading the rest. */
function placeOfLine(line: string): Place {
  const end = line.indexOf(',"');
  return JSON.parse(`${line.slice(0, end)}]`) as Place;
}

function comparePlaces(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
