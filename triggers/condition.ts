/**
 * The interface of every condition: a pure reducer over the state of one (playbook, arm, subject, key).
 *
 * The engine has already decided which of the arm's patterns an event matches and for which keys; a reducer sees roles,
 * instants and its own state: no clock, no expression and no store.
 */
import type { CompiledArm, Instant, Json } from '../language/model.ts';
import { causesOf } from '../language/records/causes.ts';
import type { TimelineEvent } from '../language/records/timeline.ts';
import type { ConditionSyntax } from '../language/syntax.ts';
import type { ClockChange, ClockState } from './sla/clock.ts';

/** What state keeps of an event that may become the latest evidence, for `trigger` (T17). */
export interface Snapshot {
  id: string;
  name: string;
  at: Instant;
  properties: { [name: string]: Json };
  /** The playbooks through which it came about (E9); absent where there are none. */
  causes?: string[];
}

export interface Situation {
  /** The instant of the evaluation. */
  at: Instant;
  /** The playbook's zone. */
  zone: string;
  /**
   * The end of the named window that begins at `from`; undefined where it is a table without a row for the
   * current value: what would need it takes no part, as with a missing field (T0).
   */
  endOf(window: string, from: Instant): Instant | undefined;
}

export interface EventSituation extends Situation {
  event: TimelineEvent;
  /** The roles that the event plays for this key. */
  roles: ReadonlySet<string>;
  /** The named value over the event; undefined where the expression has none. */
  value(name: string): Json | undefined;
}

/** A clock of a policy after something happened to it. */
export interface ClockSituation extends Situation {
  policy: string;
  clock: string;
  state: ClockState;
  /** The changes of this evaluation: a mark is reached once per instance, and never given again. */
  changes: readonly ClockChange[];
  /** The properties of the instance's start event. */
  started(instance: number): Snapshot | undefined;
}

/** What a condition over records sees: after an event, or at an instant at which time may have turned it. */
export interface RecordSituation extends Situation {
  /** Absent where time alone is the reason. */
  event?: TimelineEvent;
  /** The subject's own zone, else the playbook's. */
  zone: string;
  /** Whether the named expression holds over the records at this place. */
  holds(name: string): boolean;
  /** The value of the named expression; undefined where it has none. */
  value(name: string): Json | undefined;
  /** The next instant after this one at which time alone may turn the named expression; undefined where it cannot. */
  nextThresholdAt(name: string): Instant | undefined;
  /** The records were there before anything happened: what holds now has not turned (V3). */
  isSeed: boolean;
}

export interface RawFiring {
  at: Instant;
  /** Ids in E4's order; the latest last. */
  evidence: string[];
  /** Of the latest evidence event; absent where time alone fired. */
  latest?: Snapshot;
  /** What `trigger` has besides the event's properties (T17). */
  fields: { [name: string]: Json };
  /** The key, where the condition names it (T10). */
  key?: string;
  /** How far an SLA mark goes: of those that fall due together only the furthest fires (T13). */
  reach?: number;
}

/** What a reducer makes of an event or an instant. */
export interface Reduction<State> {
  /** undefined: nothing needs to be kept. */
  state: State | undefined;
  dueAt?: Instant | undefined;
  firings?: RawFiring[];
  /** It came close to firing, and did not; or what had come close fired after all. */
  missed?: NearMiss;
  /** The named value that is there, and is not what the condition can read (T0). */
  wrongType?: string;
}

/** A state through which one key has gone, as far as it was looked back. */
export interface Passed<State = Json> {
  state: State | undefined;
  at: Instant;
  /** The name of the event that brought it; absent where time did. */
  event?: string;
}

/** How a key stands at an instant, for who asks why nothing fired (V5). */
export interface Standing extends Situation {
  /** An instant for people. */
  told(at: Instant): string;
  /** The subject's own zone, else the playbook's. */
  ownZone: string;
  /** Of conditions over records: the named value at the instant. */
  value(name: string): Json | undefined;
  /** What the named expressions came to, with what they read, in words. */
  looked: string;
  /** Of conditions over clocks: what the clock remembers; absent where it never started. */
  clock?: ClockState | undefined;
}

export interface NearMiss {
  /** What it was short of, in words. */
  by: string;
  /** 1; -1 takes back an earlier one. */
  amount: 1 | -1;
}

/** Whether an instant lies in the last tenth of a time that is waited for. */
export function inLastTenth(at: Instant, from: Instant, until: Instant): boolean {
  return at > until - (until - from) / 10;
}

export interface Condition<State = Json> extends ConditionSyntax {
  /** Made by time (E5's list): a firing that is no longer given ends its enrolment before the next effect. */
  byTime: boolean | ((arm: CompiledArm) => boolean);
  /**
   * What an event without a key's value does in a role (T0): it takes no part, or it applies to every key of the subject.
   */
  keyless: { [role: string]: 'no-part' | 'every-key' };
  onEvent?(arm: CompiledArm, state: State | undefined, situation: EventSituation): Reduction<State>;
  onDeadline?(arm: CompiledArm, state: State, situation: Situation): Reduction<State>;
  /** For conditions over SLA clocks. */
  onClock?(arm: CompiledArm, state: State | undefined, situation: ClockSituation): Reduction<State>;
  /** For conditions over records (T8, T9, T12): run when what they read may have changed; see triggers/engine/run-record-conditions.ts. */
  onRecord?(arm: CompiledArm, state: State | undefined, situation: RecordSituation): Reduction<State>;
  /**
   * What is there and what is still needed for it to fire, in words (V5).
   * @param passed the states of the key, the one at the instant last; none where it never had one
   */
  lacks(arm: CompiledArm, passed: readonly Passed<State>[], standing: Standing): string[];
  /** Whether a state with a deadline keeps a test or a backtest open (V3); without it, it does. */
  keepsOpen?(arm: CompiledArm, state: State): boolean;
  /** Whether a state without a deadline says no more to events from `at` on than none would. */
  isInert?(arm: CompiledArm, state: State, at: Instant): boolean;
  /** How far the condition looks back where its `windows` do not say so, in milliseconds. */
  windowMs?(arm: CompiledArm): number;
  /**
   * For conditions that may hold for long (T6, T9, T12): whether what its last firing found still holds, by the state of
   * the key. At a deployment that enrols what holds, it then fires once (T18).
   */
  stillHolds?(arm: CompiledArm, state: State | undefined): boolean;
  /**
   * For conditions over the calendar alone (T11): the first instant after one at which they fire, for every subject with
   * the effective zone `zone`. They keep no state; see triggers/engine/run-schedules.ts.
   */
  nextAt?(arm: CompiledArm, zone: string, after: Instant): Instant | undefined;
}

export function snapshotOf(event: TimelineEvent): Snapshot {
  const snapshot: Snapshot = { id: event.messageId, name: event.name, at: event.at, properties: event.properties };
  const causes = causesOf(event);
  if (causes.length > 0) snapshot.causes = causes;
  return snapshot;
}
