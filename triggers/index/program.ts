/**
 * What the deployed playbooks listen to, indexed: by subject, then by event name. The work for an event depends on who
 * listens to its name, not on how many playbooks there are.
 */

import { canonicalHash } from '../../language/canonical.ts';
import type {
  Calendar,
  ClockPolicy,
  CompiledArm,
  ComputedTrait,
  EventPattern,
  Mark,
  PlaybookVersion,
  Settings,
  SlaPolicy,
  SubjectType,
} from '../../language/model.ts';
import { listsRead, type RelatedList } from '../../language/records/relations.ts';
import { RUN_EVENTS } from '../../language/records/runs.ts';
import { calendarHash } from '../../language/time/calendar.ts';
import type { Condition } from '../condition.ts';
import { conditionOf } from '../conditions.ts';
import { EventIndex } from './event-index.ts';
import { armOwner, clockOwner, playbookSource, traitHash, traitOwner } from './owners.ts';
import { indexRecordConditions, type RecordIndex } from './record-index.ts';

/** What the expressions of a listener are read by. */
export interface Asker {
  /** Who is counted when a value has the wrong type, as owners.ts names it. */
  asker: string;
  /** The playbook's zone, for clocks and traits the settings'; the subject's own goes first (T0). */
  zone: string;
}

export interface ArmProgram extends Asker {
  version: PlaybookVersion;
  playbook: string;
  index: number;
  arm: CompiledArm;
  condition: Condition<never>;
  owner: string;
  /** State belongs to this hash (T18). */
  hash: string;
}

export interface ClockProgram extends Asker {
  policy: SlaPolicy;
  clock: ClockPolicy;
  calendar: Calendar;
  calendarHash: string;
  owner: string;
  hash: string;
  /** Arms that fire at marks of this clock, in file order. */
  arms: ArmProgram[];
  /** Those marks: the clock says when each is reached. */
  marks: Mark[];
  /** Its place among the clocks of its subject. */
  order: number;
}

export interface TraitProgram extends Asker {
  trait: ComputedTrait;
  owner: string;
  hash: string;
}

export interface Listener<T> {
  program: T;
  role: string;
  pattern: EventPattern;
}

export interface SubjectProgram {
  arms: ReadonlyMap<string, ArmProgram>;
  clocks: ReadonlyMap<string, ClockProgram>;
  traits: ReadonlyMap<string, TraitProgram>;
  armsByEvent: ByEvent<ArmProgram>;
  clocksByEvent: ByEvent<ClockProgram>;
  traitsByEvent: ByEvent<TraitProgram>;
  recordConditions: RecordIndex;
  /** By their names: each may be run by another (S13). */
  playbooks: ReadonlyMap<string, PlaybookVersion>;
}

/** Listeners by the event's name, and there by what they say of its fields. */
export type ByEvent<T> = ReadonlyMap<string, EventIndex<Listener<T>>>;

export interface TriggerProgram {
  subjects: ReadonlyMap<SubjectType, SubjectProgram>;
  versions: ReadonlyMap<string, PlaybookVersion>;
  settings: Settings;
  /** Event names that anything deployed listens to; of the others, Cuebook's own are stored as consumed. */
  names: ReadonlySet<string>;
  /** The lists (E8) that an evaluation of a subject of a type may read; no others need to be loaded. */
  lists: ReadonlyMap<SubjectType, ReadonlySet<RelatedList>>;
  /** Other types whose computed traits an evaluation of a subject of a type may read. */
  readsTraitsOf: ReadonlyMap<SubjectType, ReadonlySet<SubjectType>>;
}

interface Draft {
  playbooks: Map<string, PlaybookVersion>;
  arms: Map<string, ArmProgram>;
  clocks: Map<string, ClockProgram>;
  traits: Map<string, TraitProgram>;
  armsByEvent: Map<string, Listener<ArmProgram>[]>;
  clocksByEvent: Map<string, Listener<ClockProgram>[]>;
  traitsByEvent: Map<string, Listener<TraitProgram>[]>;
}

/** Builds the index over the versions that are deployed, one of each playbook. */
export function buildProgram(versions: readonly PlaybookVersion[], settings: Settings): TriggerProgram {
  const drafts = new Map<SubjectType, Draft>();
  const draftOf = (type: SubjectType): Draft => {
    let draft = drafts.get(type);
    if (!draft) {
      draft = {
        playbooks: new Map(),
        arms: new Map(),
        clocks: new Map(),
        traits: new Map(),
        armsByEvent: new Map(),
        clocksByEvent: new Map(),
        traitsByEvent: new Map(),
      };
      drafts.set(type, draft);
    }
    return draft;
  };
  for (const version of versions) {
    for (const trait of version.traits) addTrait(draftOf(trait.subject), trait, settings);
    for (const policy of Object.values(version.policies)) addPolicy(draftOf(policy.subject), policy, version, settings);
    addArms(draftOf(version.playbook.subject), version, settings);
  }
  const names = new Set<string>(RUN_EVENTS);
  for (const draft of drafts.values()) {
    for (const byEvent of [draft.armsByEvent, draft.clocksByEvent, draft.traitsByEvent]) {
      for (const name of byEvent.keys()) names.add(name);
    }
  }
  for (const { predicts } of versions.flatMap(({ traits }) => traits)) {
    for (const { event } of predicts?.events ?? []) names.add(event);
  }
  for (const { playbook } of versions) {
    for (const awaited of [...(playbook.goal?.awaited ?? []), ...playbook.exitOn]) {
      if (awaited.kind === 'event') names.add(awaited.event);
    }
    for (const name of playbook.listensTo) names.add(name);
    for (const step of Object.values(playbook.steps)) for (const name of step.counts) names.add(name);
  }
  const subjects = new Map([...drafts].map(([type, draft]) => [type, indexed(type, draft)]));
  const readsTraitsOf = traitTypesOf(versions);
  const byHash = new Map(versions.map((v) => [v.hash, v]));
  return { subjects, versions: byHash, settings, names, lists: listsOf(versions), readsTraitsOf };
}

function traitTypesOf(versions: readonly PlaybookVersion[]): TriggerProgram['readsTraitsOf'] {
  const found = new Map<SubjectType, Set<SubjectType>>();
  for (const { playbook, traits } of versions) {
    const types = new Set(traits.map(({ subject }) => subject));
    // A trait of one type may be read by those of another.
    for (const reader of new Set([playbook.subject, ...types])) {
      const others = [...types].filter((type) => type !== reader);
      if (others.length > 0) found.set(reader, new Set([...(found.get(reader) ?? []), ...others]));
    }
  }
  return found;
}

/** Without what steps read: their journeys fetch that when they come to it. */
function listsOf(versions: readonly PlaybookVersion[]): TriggerProgram['lists'] {
  const found = new Map<SubjectType, Set<RelatedList>>();
  const add = (type: SubjectType, ...values: unknown[]) => {
    const lists = listsRead(...values);
    if (lists.size > 0) found.set(type, new Set([...(found.get(type) ?? []), ...lists]));
  };
  for (const { playbook, traits, segments, policies } of versions) {
    const { trigger, audience, goal, exitOn, steps } = playbook;
    const waits = Object.values(steps).flatMap(({ kind, config }) => (kind === 'wait_for' ? [config] : []));
    add(playbook.subject, trigger, audience, goal, exitOn, waits, traits, segments, policies);
    for (const trait of traits) add(trait.subject, trait);
    for (const policy of Object.values(policies)) add(policy.subject, policy);
  }
  return found;
}

function indexed(type: SubjectType, draft: Draft): SubjectProgram {
  const { armsByEvent, clocksByEvent, traitsByEvent } = draft;
  for (const { arms, marks } of draft.clocks.values()) marks.push(...marksOf(arms));
  return {
    ...draft,
    armsByEvent: byFields(armsByEvent),
    clocksByEvent: byFields(clocksByEvent),
    traitsByEvent: byFields(traitsByEvent),
    recordConditions: indexRecordConditions(type, draft),
  };
}

function byFields<T>(listeners: ReadonlyMap<string, Listener<T>[]>): ByEvent<T> {
  return new Map([...listeners].map(([event, those]) => [event, new EventIndex(those)]));
}

/** However many arms fire at one mark, the clock watches it once. */
function marksOf(arms: readonly ArmProgram[]): Mark[] {
  const marks = arms.map(({ arm }) => (arm.config as unknown as { mark: Mark }).mark);
  return [...new Map(marks.map((mark) => [JSON.stringify(mark), mark])).values()];
}

function addTrait(draft: Draft, trait: ComputedTrait, settings: Settings): void {
  const owner = traitOwner(trait.name);
  if (draft.traits.has(owner)) return;
  const program: TraitProgram = { trait, owner, asker: owner, hash: traitHash(trait), zone: settings.timeZone };
  draft.traits.set(owner, program);
  for (const pattern of trait.events) listen(draft.traitsByEvent, pattern, 'counted', program);
}

function addPolicy(draft: Draft, policy: SlaPolicy, version: PlaybookVersion, settings: Settings): void {
  const calendar = version.calendars[policy.calendar];
  if (!calendar) return; // the compiler refuses a policy whose calendar is missing
  for (const clock of policy.clocks) {
    const owner = clockOwner(policy.name, clock.name);
    if (draft.clocks.has(owner)) continue;
    const program: ClockProgram = {
      policy,
      clock,
      calendar,
      owner,
      asker: owner,
      zone: settings.timeZone,
      // Without the calendar: a clock outlives a change of opening hours, and is measured again by them.
      hash: canonicalHash({ clock }),
      calendarHash: calendarHash(calendar),
      arms: [],
      marks: [],
      order: draft.clocks.size,
    };
    draft.clocks.set(owner, program);
    for (const role of ['start', 'stop', 'resume', 'cancel'] as const) {
      for (const pattern of clock[role]) listen(draft.clocksByEvent, pattern, role, program);
    }
  }
}

function addArms(draft: Draft, version: PlaybookVersion, settings: Settings): void {
  const { playbook } = version;
  draft.playbooks.set(playbook.playbook, version);
  playbook.trigger.arms.forEach((arm, index) => {
    const condition = conditionOf(arm.kind);
    const owner = armOwner(playbook.playbook, index);
    const zone = playbook.timeZone ?? settings.timeZone;
    const hash = playbook.trigger.hash;
    const asker = playbookSource(playbook.playbook);
    const program = { version, playbook: playbook.playbook, index, arm, condition, owner, asker, hash, zone };
    draft.arms.set(owner, program);
    for (const [role, patterns] of Object.entries(arm.roles)) {
      for (const pattern of patterns) listen(draft.armsByEvent, pattern, role, program);
    }
    if (condition.onClock) {
      const { policy, clock } = arm.config as { policy: string; clock: string };
      draft.clocks.get(clockOwner(policy, clock))?.arms.push(program);
    }
  });
}

function listen<T>(index: Map<string, Listener<T>[]>, pattern: EventPattern, role: string, program: T): void {
  const listeners = index.get(pattern.event);
  if (listeners) listeners.push({ program, role, pattern });
  else index.set(pattern.event, [{ program, role, pattern }]);
}

/** In which a playbook's expressions read times: its own zone, else the settings' (Y2). */
export function zoneOf(
  { settings }: Pick<TriggerProgram, 'settings'>,
  { timeZone }: PlaybookVersion['playbook'],
): string {
  return timeZone ?? settings.timeZone;
}
