/**
 * The port of an evaluation: what it asks of whatever holds the rows of its subjects, and what it says has changed. Two
 * adapters answer it: a batch that was read from PostgreSQL, and a run in virtual time.
 */

import type { WrongTypes } from '../language/cel/wrong-types.ts';
import type { Instant, Json, PlaybookVersion, SubjectRef } from '../language/model.ts';
import type { Place, TimelineEvent } from '../language/records/timeline.ts';
import type { World } from '../language/records/world.ts';
import type { Firing, SubjectState } from '../triggers/engine/state.ts';
import type { Moved } from '../triggers/entry/attribution.ts';
import type { EntryDecision, EntryFacts } from '../triggers/entry/entry.ts';
import type { Found, Subscription } from '../triggers/entry/subscriptions.ts';
import type { TriggerProgram } from '../triggers/index/program.ts';
import type { Input } from '../workflows/journey/types.ts';
import type { SystemEvent } from './system-events.ts';

export interface EvaluationSession {
  /** What is deployed, with its settings. */
  readonly program: TriggerProgram;
  readonly world: World;
  stateOf(subject: SubjectRef): SubjectState;
  /** What enrolments wait for on the subject's timeline, goals before exits. A list that was returned does not change. */
  subscriptions(subject: SubjectRef): readonly OpenSubscription[];
  /** Firings of the subject that wait for their audience (N1). A list that was returned does not change. */
  audienceWaits(subject: SubjectRef): readonly AudienceWait[];
  /**
   * Notes that a firing is made. False where it was made before: arms that meet on one key, instant and last evidence in
   * different evaluations are one firing (T13, N3).
   */
  isNew(firing: Firing, id: string, place: Place): boolean;
  entryFacts(firing: Firing, enteredAt: Instant): StoredEntryFacts;
  emit(change: Change): void;
}

/** What a journey is told; the adapter numbers it. */
export type JourneyInput = Omit<Input, 'n'>;

/** The facts of entry (N1) that only the adapter knows. */
export type StoredEntryFacts = Pick<EntryFacts, 'now' | 'status' | 'deployedAt' | 'past' | 'side' | 'holdout'>;

/** The facts of entry that are read at the firing's place: what is decided later is decided by them. */
export type FactsAtFiring = Pick<EntryFacts, 'audience' | 'refusedContact'>;

/** A subscription and its enrolment. */
export interface OpenSubscription {
  readonly subscription: Subscription;
  readonly version: PlaybookVersion;
  /** `goal`, `exit`, or the path of the step that waits. */
  readonly path: string;
  readonly iteration: string;
  /** An ended enrolment may still convert (G2). */
  readonly enrolment: { readonly open: boolean };
  /** Set once what it waited for has come. */
  gone: boolean;
}

export interface AudienceWait {
  firing: Firing;
  /** The firing's id. */
  id: string;
  /** The last instant at which it may pass. */
  until: Instant;
}

export type EntryStatus = 'enrolled' | 'refused' | 'deferred';

export type Change =
  | EntryDecided
  | EnrolmentStarted
  | SubscriptionMet
  /** A firing that waited for its audience has passed it, at `at`. */
  | { kind: 'audience-passed'; wait: AudienceWait; status: EntryStatus; reason: string | null; at: Instant }
  /** Its time is over, or what it would lead to came first. */
  | { kind: 'audience-refused'; wait: AudienceWait; reason: 'audience' | 'overtaken'; looked: Json; at: Instant }
  /** Whether a goal's condition held when last evaluated (Y4). */
  | { kind: 'held'; enrolmentId: string; held: boolean }
  /** A message has opened, or moved, the window of a goal (G1). */
  | { kind: 'attributed'; enrolmentId: string; moved: Moved }
  /** A wait computes its deadline again. */
  | { kind: 'look'; open: OpenSubscription; input: JourneyInput }
  /** Somebody has answered a task of the subject: what is open of it is counted (S16). */
  | { kind: 'task-answered'; subject: SubjectRef; event: TimelineEvent }
  | { kind: 'system-event'; event: SystemEvent; at: Instant }
  /** The subject has another next instant at which time may turn what is awaited. */
  | { kind: 'threshold'; state: SubjectState }
  /** Playbooks with a question that ended in a value of the wrong type (T0), as owners.ts writes them. */
  | { kind: 'wrong-types'; found: WrongTypes; at: Instant };

/** What was decided of a firing: it is recorded, with its decision. */
export interface EntryDecided {
  kind: 'entry-decided';
  firing: Firing;
  id: string;
  decision: EntryDecision;
  status: EntryStatus;
  /** Why it was refused, or for what it is deferred: `audience`, `anonymous`; null where it waits for a journey. */
  reason: string | null;
  /** By which it was decided. */
  facts: FactsAtFiring;
  place: Place;
  /** The firing's `at`, or the later instant at which it was let in. */
  enteredAt: Instant;
  /** It was recorded before, and is decided now. */
  isDeferred: boolean;
  /** A deployment made it for what held then (T18). */
  atDeploy: boolean;
  /** Up to when it could have waited for its audience, where it has done so on a timeline that was replayed (N1). */
  waitedUntil?: Instant | undefined;
}

export interface EnrolmentStarted {
  kind: 'enrolment-started';
  id: string;
  firing: Firing;
  version: PlaybookVersion;
  startedAt: Instant;
  ghost: boolean;
  /** Its goal and its exits. */
  subscriptions: Subscription[];
}

/** What a subscription waited for has come: subscriptions at `paths` of the enrolment are no more. */
export interface SubscriptionMet {
  kind: 'met';
  open: OpenSubscription;
  found: Found;
  paths: readonly string[];
  /** What the journey is told; absent for a conversion (G2). */
  input?: JourneyInput;
  /** Of a conversion, what the goal's `value` came to. */
  value?: Json;
}
