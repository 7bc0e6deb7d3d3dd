/** The `tests:` of a playbook (V2, V3), read at the edge: what the runner gets needs no further look at its shape. */
import type { Instant, Json, Person, RecordType, Settings, Traits } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import { compilePerson, compileSettings } from '../settings.ts';
import { checkShape } from '../shape.ts';
import { generatedOf } from './generated.ts';
import { eventsOf, expectedOf, instantAtPath } from './lines.ts';
import { RecordBook } from './records.ts';
import { expectedKinds, testShape } from './shape.ts';

/** One test of a playbook. `line` is where it stands in its file, for reports. */
export interface PlaybookTest {
  it: string;
  line: number;
  /** The records that are there before `start`, by kind and id. `single`: events that name none of its kind name it. */
  records: TestRecord[];
  /** Instead of those of the files; teams and channels stay. */
  people?: Person[];
  /** The files' settings with what the test changes. */
  settings: Settings;
  start?: Instant;
  until?: Instant;
  holdout: 'in' | 'out';
  /** experiment → arm */
  arms: { [experiment: string]: string };
  events: TestEvent[];
  expect?: 'nothing' | ExpectedLine[];
  /** The kinds of lines that are compared; `refused` among them shows refusals. */
  expectOnly?: string[];
  generated?: GeneratedHistories;
}

export interface TestRecord {
  type: RecordType;
  id: string;
  traits: Traits;
  single: boolean;
}

/** When an event of a test happens. `afterMs` counts from the event before it. */
export type TestTime = { at: Instant } | { afterMs: number };

export type TestEvent = {
  line: number;
  time: TestTime;
  /** Happens `times` times, `everyMs` apart; `{{ n }}` in its texts is 1, 2, … */
  repeat?: { everyMs: number; times: number };
} & (
  | { kind: 'event'; event: string; properties: { [name: string]: Json } }
  | { kind: 'identify' | 'group'; call: { [name: string]: Json } }
  | { kind: 'task'; step: string; is: 'accepted' | 'done'; by?: string }
  | { kind: 'approval'; step: string; is: 'given' | 'refused'; by?: string }
);

/** A line that must come: `at`, and the keys that are compared. */
export interface ExpectedLine {
  line: number;
  at?: Instant;
  fields: { [key: string]: Json };
}

/** `never` over all histories that can be made of `for_all`. */
export interface GeneratedHistories {
  line: number;
  never: { line: { [key: string]: Json }; after?: string; until?: string };
  /** Names, with lists of values from which properties are drawn. */
  events: { event: string; properties: { [name: string]: Json } }[];
  withinMs: number;
  atMost: number;
}

/**
 * Reads the tests of one playbook; those that cannot be read are reported and left out.
 * @param path where the list stands in the file
 */
export function compileTests(
  tests: readonly unknown[],
  path: Path,
  report: FileReport,
  world: WorkspaceContext,
): PlaybookTest[] {
  const records = new RecordBook(report);
  const names = new Set<string>();
  const kinds = expectedKinds(world.registry);
  const shape = testShape(kinds);
  return tests.flatMap((written, i) => {
    const at = [...path, i];
    const shaped = checkShape(written, shape, at, report);
    if (shaped === undefined) return [];
    if (names.has(shaped.it))
      report.at([...at, 'it'], { code: 'CB208', message: 'another test has this name already' });
    names.add(shaped.it);
    const test: PlaybookTest = {
      it: shaped.it,
      line: report.lineOf(at),
      records: records.of(shaped, at),
      settings: settingsOf(shaped.settings, [...at, 'settings'], report, world),
      holdout: shaped.holdout ?? 'out',
      arms: shaped.arms ?? {},
      events: eventsOf(report, shaped.events ?? [], [...at, 'events']),
    };
    if (shaped.people !== undefined) {
      test.people = shaped.people.flatMap((person, j) => compilePerson(report, person, [...at, 'people', j]) ?? []);
    }
    const start = instantAtPath(report, shaped.start, [...at, 'start']);
    if (start !== undefined) test.start = start;
    const until = instantAtPath(report, shaped.until, [...at, 'until']);
    if (until !== undefined) test.until = until;
    if (shaped.expect !== undefined) test.expect = expectedOf(report, shaped.expect, [...at, 'expect'], kinds);
    if (shaped.expect_only !== undefined) test.expectOnly = shaped.expect_only;
    const generated = generatedOf(report, shaped, at, kinds);
    if (generated !== undefined) test.generated = generated;
    if (test.expect === undefined && generated === undefined) {
      const hint = 'write expect: nothing, or a list of lines';
      report.at(at, { code: 'CB203', message: 'the test expects nothing in particular: `expect` is missing', hint });
    }
    return [test];
  });
}

function settingsOf(value: unknown, path: Path, report: FileReport, world: WorkspaceContext): Settings {
  if (value === undefined) return world.settings;
  return compileSettings(report, value, path, Object.keys(world.calendars), world.settings);
}
