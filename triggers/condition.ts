/**
 * The interface of every condition: a pure reducer over the state of one (playbook, arm, subject, key).
 *
 * The engine has already decided which of the arm's patterns an event matches and for which keys; a reducer sees roles,
 * instants and its own state, and knows no clock, no expression and no store.
 */
import type { CompiledArm, Instant, Json } from '../language/model.ts';
import type { ConditionSyntax } from '../language/syntax.ts';
import type { TimelineEvent } from '../language/timeline.ts';
import type { ClockState } from './sla/clock.ts';

/** What state keeps of an event that may become the latest evidence: `trigger` has its properties (T17). */
export interface Snapshot {
  id: string;
  name: string;
  at: Instant;
  properties: { [name: string]: Json };
}

export interface Situation {
  /** The instant at which the condition is looked at. */
  at: Instant;
  /** The playbook's zone. */
  zone: string;
  /**
   * The end of the named window that begins at `from`; undefined where it is a table without a row for the value that
   * stands there now: what would need it takes no part, as with a missing field (T0).
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
  /** When the arm's mark of an instance was reached; undefined while it was not. */
  reachedAt(instance: number): Instant | undefined;
  /** The properties of the instance's start event. */
  started(instance: number): Snapshot | undefined;
}

export interface RawFiring {
  at: Instant;
  /** Ids in E4's order; the latest last. */
  evidence: string[];
  /** Of the latest evidence event; absent where time alone fired. */
  latest?: Snapshot;
  /** What `trigger` has beside the event's properties (T17). */
  fields: { [name: string]: Json };
  /** The key, where the condition names it (T10). */
  key?: string;
  /** How far an SLA mark goes: of those that fall due together only the furthest fires (T13). */
  reach?: number;
}

export interface Step<State> {
  /** undefined: nothing needs to be kept. */
  state: State | undefined;
  dueAt?: Instant | undefined;
  firings?: RawFiring[];
}

export interface Condition<State = Json> extends ConditionSyntax {
  /** Made by time (E5's list): a firing that is no longer given ends its enrolment before the next effect. */
  byTime: boolean | ((arm: CompiledArm) => boolean);
  /**
   * What an event without a key's value does in a role (T0): it takes no part, or it applies to every key of the subject.
   */
  keyless: { [role: string]: 'no-part' | 'every-key' };
  onEvent?(arm: CompiledArm, state: State | undefined, situation: EventSituation): Step<State>;
  onDeadline?(arm: CompiledArm, state: State, situation: Situation): Step<State>;
  /** For conditions over SLA clocks. */
  onClock?(arm: CompiledArm, state: State | undefined, situation: ClockSituation): Step<State>;
}

export function snapshotOf(event: TimelineEvent): Snapshot {
  return { id: event.messageId, name: event.name, at: event.at, properties: event.properties };
}
