/** The state that the engine keeps of one subject, and the result of one evaluation. */
import type { WrongTypes } from '../../language/cel/wrong-types.ts';
import type { Instant, Json, PlaybookVersion, SubjectRef, SubjectType } from '../../language/model.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { ClockChange } from '../sla/clock.ts';

export interface StateEntry {
  owner: string;
  key: string;
  /** What the state belongs to (T18). */
  hash: string;
  state: Json;
  dueAt?: Instant | undefined;
  /** When an event opened the key; of too many keys the oldest are closed. */
  openedAt?: Instant | undefined;
}

/**
 * A working copy of one subject's state. The engine changes it in place and names what it changed; its owner commits
 * or drops it whole.
 */
export interface SubjectState {
  subject: SubjectRef;
  /** Up to where the timeline has been consumed. */
  head: Place | undefined;
  slots: Map<string, StateEntry>;
  /** Keys of entries that changed since the copy was taken, those that went included. */
  touched: Set<string>;
}

/** What state belongs to, as owners.ts names it. */
export interface StateOwner {
  subject: SubjectType;
  owner: string;
  /** Tells what changed (T18). */
  hash: string;
}

/** What is asked of at a deployment (T18). */
export interface RebuildFacts {
  versions: readonly PlaybookVersion[];
  /** Older versions that open journeys run. */
  running: readonly PlaybookVersion[];
  /** What was deployed before, by playbook. */
  before: ReadonlyMap<string, { triggerHash: string }>;
  /** What the deployment before remembered. */
  known: readonly StateOwner[];
}

export interface RebuildPlan {
  /** Playbooks whose trigger is new or has changed. */
  playbooks: string[];
  /** Traits and clocks that are new or have changed. */
  owners: string[];
  /** Owners of state that goes. */
  gone: string[];
  /** Owners of state that is read: what was to go, and has not gone yet, stays. */
  read: string[];
  /** What the next deployment compares with. */
  remembered: StateOwner[];
}

/** A subject's state at one place of its timeline, from which it can be replayed (E5). */
export interface Checkpoint {
  place: Place;
  /** How many events had been consumed: what the spacing goes by. */
  consumed: number;
  slots: StateEntry[];
}

export interface Firing {
  playbook: string;
  version: string;
  subject: SubjectRef;
  key: string;
  at: Instant;
  /** The instant that gave it, where that is later than its own: a date that was learned late (T8). */
  givenAt?: Instant | undefined;
  arm: number;
  /** At most the latest 100, in E4's order (T15). */
  evidence: string[];
  byTime: boolean;
  /** `trigger` of `audience`, `key` and steps (T17). */
  trigger: { [name: string]: Json };
  /** Another arm of the same clock's instance fell due in the same instant and went further (T13). */
  overtaken: boolean;
  /** How far an SLA mark goes (T13); undefined for other conditions. */
  reach?: number | undefined;
  /** The contact as whose it fired, where a merge has made it another's: its id stays what it was (E6, N3). */
  firedAs?: string | undefined;
}

/** Where in the order it is given: before that instant nothing can take it back. */
export function givenAt(firing: { at: Instant; givenAt?: Instant | null | undefined }): Instant {
  return firing.givenAt ?? firing.at;
}

/** A contact's firing as that of the contact it was merged into: it stays the same firing (E6). */
export function inherited(firing: Firing, heir: SubjectRef): Firing {
  return { ...firing, subject: heir, firedAs: firing.firedAs ?? firing.subject.id };
}

/** A change of an SLA clock, to be put on the timeline (E9) and shown to subscriptions. */
export interface SlaNotice {
  policy: string;
  clock: string;
  change: ClockChange;
  /** The playbooks through which what changed it came about (E9); absent where there are none. */
  causes?: string[];
}

/** The result of one evaluation. */
export interface EvaluationResult {
  firings: Firing[];
  notices: SlaNotice[];
  /** Events that took no part for want of a key's value, by playbook (T0). */
  noKey: { playbook: string; role: string }[];
  /**
   * Askers with a condition, key, value or window of the wrong type (T0): `playbook:<name>`, `trait:<name>`,
   * `sla:<policy>.<clock>`. Not among them: what an index has ruled out by the event's other fields, and what formulas and
   * tiers are computed from when they are read.
   */
  wrongTypes: WrongTypes;
  /** Computed traits that changed, or that time has changed. */
  traits: string[];
  /** Keys that were closed because the subject had too many open, by playbook. */
  closedKeys: { playbook: string; key: string }[];
  /** Conditions that came close to firing; absent where none did. */
  missed?: { playbook: string; key: string; by: string; amount: 1 | -1 }[];
}

/** So many owners have the text of their key for a whole subject kept. */
const MAX_WHOLE = 10_000;
const whole = new Map<string, string>();

export function entryKey(owner: string, key: string): string {
  return key === '' ? wholeKey(owner) : `${owner}\u0000${key}`;
}

function wholeKey(owner: string): string {
  let known = whole.get(owner);
  if (known === undefined) {
    if (whole.size >= MAX_WHOLE) whole.clear();
    whole.set(owner, (known = `${owner}\u0000`));
  }
  return known;
}

/** What is kept for an owner under a key, unless it is of another hash, which counts as none (T18). */
export function currentEntryOf(
  state: SubjectState,
  { owner, hash }: { owner: string; hash: string },
  key = '',
): StateEntry | undefined {
  const entry = stateEntryOf(state, owner, key);
  return entry?.hash === hash ? entry : undefined;
}

/** The state of one owner under one key, whatever its hash. */
export function stateEntryOf(state: SubjectState, owner: string, key: string): StateEntry | undefined {
  return state.slots.get(entryKey(owner, key));
}

export function emptyState(subject: SubjectRef): SubjectState {
  return { subject, head: undefined, slots: new Map(), touched: new Set() };
}

/** Puts or drops a slot and marks it as changed. */
export function putStateEntry(
  state: SubjectState,
  slot: StateEntry | { owner: string; key: string; state: undefined },
): void {
  const id = entryKey(slot.owner, slot.key);
  if (slot.state === undefined) {
    if (!state.slots.delete(id)) return;
  } else state.slots.set(id, slot as StateEntry);
  state.touched.add(id);
}

/** The earliest deadline of the subject; undefined where it waits for none. */
export function nextDueAt(state: SubjectState): Instant | undefined {
  let next: Instant | undefined;
  for (const { dueAt } of state.slots.values())
    if (dueAt !== undefined && (next === undefined || dueAt < next)) next = dueAt;
  return next;
}

export function emptyResult(): EvaluationResult {
  return { firings: [], notices: [], noKey: [], wrongTypes: new Map(), traits: [], closedKeys: [] };
}
