/**
 * The compiled form of everything that people write: plain JSON, no classes, no functions. What is here is stored by
 * its hash, pinned by running journeys, and read by triggers, journeys, tests and backtests alike.
 *
 * Instants are milliseconds since the epoch, UTC. Durations are milliseconds and carry `Ms` in their names.
 */

import type { Calendar, Mark, SpanOrTable, TargetOrTable } from './time/model.ts';

export type * from './time/model.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Instant = number;

export const SUBJECT_TYPES = ['contact', 'account', 'deal', 'ticket', 'colleague', 'workspace'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];
/** The subjects that are records of the CRM store, with traits of their own. */
export const RECORD_TYPES = ['contact', 'account', 'deal', 'ticket'] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

export interface SubjectRef {
  type: SubjectType;
  id: string;
}

export type Traits = { [trait: string]: Json };

/** A condition or value in CEL, with what the checker found out about it. */
export type Expression = {
  cel: string;
  /** Dotted paths that it reads, each from a root name: `event.value`, `contact.owner`, `account.usage_7d`. */
  reads: string[];
  /** The event names that it counts by `since_start`. */
  counts: string[];
  /** True when its value may change by time alone (`now`, `days_since`, …). */
  timed: boolean;
  /** Of what is looked at as time passes (T9, T12): where time alone may turn it. Absent where it cannot. */
  turns?: Turn[];
  /** What it names beside records, with what that means: an expression is evaluated with nothing but its scope. */
  refers?: Refers;
};

/** What the functions of an expression look at: segments, calendars, and the calendar in which business days count. */
export type Refers = {
  segments?: { [name: string]: Expression };
  calendars?: { [name: string]: Calendar };
  /** One of `calendars`: the playbook's, else the settings'. */
  calendar?: string;
};

/** A comparison of which time moves one side, ever in one direction while no event comes (T0, T14). */
export type Turn = {
  /** Where it may turn: at a millisecond, at a local midnight, at a full hour UTC. */
  unit: 'instant' | 'day' | 'hour';
  /**
   * CEL of the side that time moves and of the other one, what both read, and which of that are scores. `tie`: where the
   * two are equal the comparison is as it is where the moving side is less (-1) or more (1); 0: unlike both. Absent: no
   * single value says when it turns, and each midnight or full hour is looked at.
   */
  sides?: { moves: Side; against: Side; reads: string[]; scores: string[]; tie: -1 | 0 | 1 };
  /** The record that has the trait: the days are that record's, then the settings'. */
  record?: RecordType;
};

export type Side = Pick<Expression, 'cel' | 'refers'>;

/** A Handlebars text. One whole `{{ … }}` keeps the value's type (Y2). */
export interface Text {
  text: string;
  reads: string[];
}

/** An event by name, with what it must satisfy. A list of them means any. */
export interface EventPattern {
  event: string;
  where?: Expression;
  key?: Expression;
}

/** What waiting, goals and exits may look for (Y4). `answers`: only where it answers what the step at this path asks (S6, S12). */
export type Awaited =
  | ({ kind: 'event'; answers?: string } & EventPattern)
  | { kind: 'becomes'; becomes: Expression }
  | { kind: 'sla'; policy: string; clock: string; mark?: Mark; is?: 'met' | 'breached' | 'stopped' }
  | { kind: 'sla-of-trigger'; mark?: Mark; is?: 'met' | 'breached' | 'stopped' };

export interface ClockPolicy {
  name: string;
  start: EventPattern[];
  stop: EventPattern[];
  resume: EventPattern[];
  cancel: EventPattern[];
  pause?: Expression;
  /** While it does not hold there is no promise; of the policy's and the clock's own both must (L2). */
  where?: Expression;
  /** Read again after each event of the subject. */
  target: TargetOrTable;
  repeat: boolean;
}

export interface SlaPolicy {
  name: string;
  subject: RecordType;
  calendar: string;
  clocks: ClockPolicy[];
}

/** An event that a computed trait is folded over, and the part that it plays there. */
export interface TraitPattern extends EventPattern {
  /** One of the `of` events: of the latest of these the trait says how many have a counted event with the same `by`. */
  of?: true;
  /** In a score: its row, from 0, and the points of that row. A row counts once an event. */
  row?: number;
  points?: Expression;
}

/**
 * A trait computed from the subject's timeline or from other traits (T14). Its window is at most one of `overMs`,
 * `overMonth`, `overCalendar` and `overLast`; without any of them it reaches over ever.
 */
export interface ComputedTrait {
  subject: RecordType;
  name: string;
  /** The name of the aggregate's file under triggers/traits/aggregates; or `score`, `formula`, `tiers`. */
  kind: string;
  /** Every event that it is folded over; none for `formula` and `tiers`. */
  events: TraitPattern[];
  /** What the aggregate looks at; of a `formula` the formula itself. */
  value?: Expression;
  /** The last so many milliseconds. */
  overMs?: number;
  /** The calendar month of the instant at which it is read, in the subject's zone, then the settings'. */
  overMonth?: true;
  /** The same, of its day or its week. */
  overCalendar?: 'day' | 'week';
  /** The latest so many events. */
  overLast?: number;
  /** What a counted event and an `of` event have in common. */
  by?: Expression;
  /** After so long a score's points are worth half. */
  halfLifeMs?: number;
  /** The first row whose `if` holds gives the value; else `otherwise`; without one the trait is missing. */
  tiers?: { rows: { if: Expression; is: Json }[]; otherwise?: Json };
  predicts?: TraitPrediction;
}

/** What a trait foretells: one of the events within `withinMs` wherever `when` holds at a day's start. */
export interface TraitPrediction {
  events: EventPattern[];
  withinMs: number;
  when: Expression;
}

export interface Segment {
  subject: RecordType;
  name: string;
  expression: Expression;
}

export interface Person {
  id: string;
  name?: string;
  email?: string;
  role?: string;
  team?: string;
  manager?: string;
  region?: string;
  territories?: string[];
  timeZone?: string;
  away?: boolean;
  /** When they are away; whole days in their zone, or instants. */
  absences?: Absence[];
  /** Who stands in while they are away. */
  deputy?: string;
}
/** `YYYY-MM-DD`, the last day included, or an instant; without an end it has none. */
export interface Absence {
  from?: string;
  to?: string;
}
export interface Team {
  id: string;
  lead?: string;
  fallback?: string;
}
export interface People {
  persons: Person[];
  teams: Team[];
  /** channel → where it leads: an e-mail address. */
  channels: { [name: string]: string };
}

/** Windows that the calendar gives, in the zone of whom they are of. */
export type CalendarUnit = 'day' | 'week' | 'month';

export interface FrequencyCap {
  atMost: number;
  /** The length of a rolling window; of a calendar's the longest that it may be. */
  perMs: number;
  /** The recipient's own day, week or month in place of a rolling window. */
  perCalendar?: CalendarUnit;
  ifCapped: IfCapped;
}
export type IfCapped = { kind: 'skip' } | { kind: 'exit' } | { kind: 'delay'; upToMs: number };

/** `21:00-08:00`: minutes after local midnight; includes its start, not its end. */
export interface DailyWindow {
  startMinute: number;
  endMinute: number;
}

export interface Settings {
  timeZone: string;
  calendar?: string;
  quietHours?: DailyWindow;
  /** One cap, or several that all must have a place. */
  caps: { [messageClass: string]: FrequencyCap | FrequencyCap[] };
  sendWindow: { [channel: string]: DailyWindow };
  /** 0 to 100 */
  globalHoldoutPercent: number;
  sender: { name: string; from: string; postalAddress?: string };
  required: { [type: string]: string[] };
  /** Of tickets, from the lowest to the highest; left out where they are low, normal, high, urgent (W2). */
  priorities?: (string | number)[];
  /** `allow`: hosts, as `host` or `host:port`, that may be reached without TLS and in inner networks (S10). */
  webhooks?: { allow: string[] };
  /** `at once`, `daily at "08:00"`: when tasks are mailed to who is to do them (S6); left out where they are not. */
  tasks?: { mail: string };
}

/** A template file: front matter, then Handlebars. */
export interface Template {
  name: string;
  format: 'mjml' | 'html' | 'txt';
  subject: string;
  preheader?: string;
  from?: string;
  replyTo?: string;
  body: string;
  reads: string[];
}

/** One arm of a trigger; a trigger that is not `any` has one arm. */
export interface CompiledArm {
  /** The condition's name: `event`, `count`, `absence`, …; each is a file in triggers/conditions. */
  kind: string;
  as?: string;
  key?: Expression;
  /** What the condition listens to, by the role that an event then plays (`opens`, `closes`, `counts`, …). */
  roles: { [role: string]: EventPattern[] };
  /** Named lengths of time that the reducer may ask for. */
  windows: { [name: string]: SpanOrTable };
  /** Named expressions over the event that the reducer may ask for. */
  values: { [name: string]: Expression };
  /** What else the condition compiled: plain JSON of its own shape. */
  config: Json;
}

export interface CompiledTrigger {
  arms: CompiledArm[];
  /** Hash of the trigger with what it refers to (T18). */
  hash: string;
}

export type Again = { kind: 'never' } | { kind: 'always' } | { kind: 'after'; ms: number; per: 'subject' | 'key' };

export interface CompiledGoal {
  awaited: Awaited[];
  withinMs?: number;
  value?: Expression;
  name?: string;
  attribute: 'entered' | 'sent' | 'clicked';
  continues: boolean;
}

export interface RetryPolicy {
  attempts: number;
  /** First pause; each further one doubles. */
  backoffMs: number;
}

/**
 * What the workflow knows of a step: its place and its shape, nothing that names a person (architecture, decision 7).
 * Every decision inside a node is taken by an activity that reads the step by `path`.
 */
export type JourneyNode =
  /**
   * An effect. `leaves`: it has an effect outside (regular activity); else it stays in the database (local activity).
   * One that waits for an answer goes into its arm, or takes `otherwise`.
   */
  | {
      op: 'do';
      path: string;
      leaves: boolean;
      retry: RetryPolicy;
      onError: 'retry' | 'skip' | 'exit' | JourneyNode[];
      arms?: JourneyNode[][];
      otherwise?: JourneyNode[];
    }
  /** Waits until an instant that an activity answers. */
  | { op: 'pause'; path: string }
  /** Waits for what an arm looks for, or until a deadline. */
  | { op: 'listen'; path: string; arms: JourneyNode[][]; otherwise: JourneyNode[] }
  /** Takes the arm that an activity answers; -1 takes none. */
  | { op: 'choose'; path: string; arms: JourneyNode[][] }
  | { op: 'repeat'; path: string; atMost: number; body: JourneyNode[] }
  | { op: 'exit'; path: string };

/** A program is workflow input (architecture, decision 8). */
export const MAX_PROGRAM_BYTES = 128 * 1024;

export interface JourneyProgram {
  schema: 1;
  steps: JourneyNode[];
  onGoal: JourneyNode[];
  onExit: JourneyNode[];
}

/** A step as activities and the virtual-time runner read it: by its path, with expressions and texts. */
export interface CompiledStep {
  path: string;
  /** The key that names the step: `send`, `wait`, `if`, … ; each is a file in steps/kinds. */
  kind: string;
  id?: string;
  if?: Expression;
  /** What the step's own file compiled: plain JSON of its own shape. */
  config: Json;
  /** Paths (from `contact.…` etc.), that texts, templates and expressions of this step read. */
  reads: string[];
  /** Event names counted by `since_start`. */
  counts: string[];
}

export interface CompiledPlaybook {
  schema: 1;
  playbook: string;
  description?: string;
  subject: SubjectType;
  owner?: string;
  timeZone?: string;
  /** The calendar of business spans: the playbook's, else the settings'. */
  calendar?: string;
  precedence: number;
  trigger: CompiledTrigger;
  audience?: Expression;
  again: Again;
  tooLateAfterMs: number;
  /** A firing that `audience` refused is passed through again for so long (N1). */
  ifRefusedMs?: number;
  /** What holds at the deployment fires once (T18). */
  startsWithCurrent?: true;
  /** 0 to 100 */
  holdoutPercent: number;
  /** `holdout: none` or `0%`: nobody is held out of it, by the global holdout neither (N4). */
  neverHeldOut?: true;
  anonymous: boolean;
  sensitive?: 'health';
  topic?: string;
  quietHours?: DailyWindow;
  ifCapped?: IfCapped;
  goal?: CompiledGoal;
  exitOn: Awaited[];
  program: JourneyProgram;
  /** Every step by its path, those of `on_goal` and `on_exit` too. */
  steps: { [path: string]: CompiledStep };
  /** Every event name that a wait, a goal or an exit of this playbook looks for. */
  listensTo: string[];
  /** True when every effect is a marketing message (N1: consent is then asked at entry). */
  onlyMarketing: boolean;
}

/** Everything a folder of playbooks says, compiled together. */
export interface Workspace {
  playbooks: CompiledPlaybook[];
  templates: { [name: string]: Template };
  traits: ComputedTrait[];
  segments: Segment[];
  calendars: { [name: string]: Calendar };
  policies: { [name: string]: SlaPolicy };
  people: People;
  settings: Settings;
}

/**
 * One pinned version (V1): a playbook with everything that it refers to. `hash` is the SHA-256 of the canonical form
 * of the rest.
 */
export interface PlaybookVersion {
  hash: string;
  playbook: CompiledPlaybook;
  templates: { [name: string]: Template };
  traits: ComputedTrait[];
  segments: Segment[];
  calendars: { [name: string]: Calendar };
  policies: { [name: string]: SlaPolicy };
}
