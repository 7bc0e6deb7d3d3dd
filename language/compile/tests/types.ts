/** The tests of a playbook as the runner gets them (V2, V3). */
import type { Instant, Json, Person, RecordType, Settings, Traits } from '../../model.ts';

/** One test of a playbook. `line` is its line in the file, for reports. */
export interface PlaybookTest {
  /** The line of each step of the playbook, by its path. */
  stepLines: { readonly [path: string]: number };
  it: string;
  line: number;
  /** Its index among the tests of the file. */
  index: number;
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
  /** What `report` has (W3). */
  report?: { [field: string]: Json };
  /** What comes back of what steps ask outside, by the steps' paths. */
  answers?: { [path: string]: TestAnswer[] };
  events: TestEvent[];
  expect?: 'nothing' | ExpectedLine[];
  /** The kinds of lines that are compared; `refused` among them shows refusals. */
  expectOnly?: string[];
  generated?: GeneratedHistories;
}

/** What `webhook` or `do` gets back: an answer, or the reason for which it is refused. */
export type TestAnswer = { answer: Json; httpStatus?: number } | { refused: string; answer?: Json };

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
  /** `step`: the path of the task's step. */
  | { kind: 'task'; step: string; is: 'accepted' | 'done' | 'reopened'; by?: string }
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
