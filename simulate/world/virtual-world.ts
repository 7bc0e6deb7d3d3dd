/**
 * The world in virtual time: records, timelines, trigger state. Everything is consumed in E4's order, so what stands here
 * is what stands at the place that is being looked at.
 */

import { timelineSubjects } from '../../events/timeline-subjects.ts';
import type { Instant } from '../../language/model.ts';
import { RelationIndex } from '../../language/records/relation-index.ts';
import { listsRead, type RelatedList, tooManyWords } from '../../language/records/relations.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { Place, TimelineEvent } from '../../language/records/timeline.ts';
import { applyPatch } from '../../language/records/traits.ts';
import type { World } from '../../language/records/world.ts';
import { clockSlotOf } from '../../triggers/engine/run-clocks.ts';
import { emptyState, type SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { type ClockReading, latestInstance, readClock } from '../../triggers/sla/clock-reading.ts';
import { computedOf, isComputed } from '../../triggers/traits/computed.ts';
import type { Json, People, PlaybookVersion, RecordType, SubjectRef, TraitPatch, Traits } from '../run/types.ts';
import { Timelines } from './timelines.ts';

export class VirtualWorld implements World {
  readonly people: People;
  readonly timelines: Timelines;
  readonly #program: TriggerProgram;
  readonly #records = new Map<string, Traits>();
  readonly #states = new Map<string, SubjectState>();
  /** Of whichever state is being looked at: nothing is stored from here, so one set does for all. */
  readonly #touched = new Set<string>();
  /** Contacts' ids that are another's. */
  readonly #owners = new Map<string, string>();
  /** Kept only where a playbook reads lists of records (E8). */
  readonly #relations: RelationIndex | undefined;

  constructor(program: TriggerProgram, people: People) {
    this.#program = program;
    this.people = people;
    const versions = [...program.versions.values()];
    this.timelines = new Timelines(versions);
    if (listsRead(versions).size > 0) this.#relations = new RelationIndex();
  }

  traits(type: RecordType, id: string): Traits | undefined {
    return this.#records.get(subjectKey({ type, id: this.#idOf(type, id) }));
  }

  /** A contact's id is another's from now on (E6). */
  follow(id: string, owner: string): void {
    if (id !== owner) this.#owners.set(id, owner);
  }

  /** One contact's record and timeline go up in another's (E6). */
  join(from: string, into: string, traits: Traits | undefined): void {
    for (const id of [from, into]) {
      const before = this.#records.get(`contact/${id}`);
      const after = id === into ? traits : undefined;
      if (before) this.#relations?.change('contact', id, before, after ?? {});
      if (after) this.#records.set(`contact/${id}`, after);
      else this.#records.delete(`contact/${id}`);
    }
    this.timelines.move({ type: 'contact', id: from }, { type: 'contact', id: into });
  }

  #idOf(type: RecordType, id: string): string {
    if (type !== 'contact' || this.#owners.size === 0) return id;
    let owner = id;
    for (let next = this.#owners.get(owner); next !== undefined && next !== owner; next = this.#owners.get(owner))
      owner = next;
    return owner;
  }

  /** Ids of the records of a type that have come up. */
  *idsOf(type: RecordType): Iterable<string> {
    const prefix = `${type}/`;
    for (const key of this.#records.keys()) if (key.startsWith(prefix)) yield key.slice(prefix.length);
  }

  isComputed(type: RecordType, trait: string): boolean {
    return isComputed(this.#program, type, trait);
  }

  computed(type: RecordType, named: string, trait: string, place: Place): Json | undefined {
    const record = { type, id: this.#idOf(type, named) };
    return computedOf(this.#program, this.#states.get(subjectKey(record)), trait, { world: this, record, place });
  }

  /** @throws Error for a list of more than 10,000 records: a run has nobody else to tell. */
  related(list: RelatedList, id: string): Traits[] | undefined {
    const records = this.#relations?.read(
      list,
      id,
      (one) => this.#records.get(subjectKey({ type: list.type, id: one }))!,
    );
    if (this.#relations && !records) throw new Error(tooManyWords(list, id));
    return records;
  }

  /** Writes traits: the last write wins, null removes (E6). */
  merge(patch: TraitPatch): void {
    const id = subjectKey(patch);
    const before = this.#records.get(id);
    const traits = applyPatch(before, patch.traits);
    this.#records.set(id, traits);
    this.#relations?.change(patch.type, patch.id, before, traits);
  }

  /** The subjects on whose timelines an event stands (E8), in (type, id) order. */
  subjectsOf(event: TimelineEvent): SubjectRef[] {
    return timelineSubjects(event, (type, id) => this.traits(type, id));
  }

  stateOf(subject: SubjectRef): SubjectState {
    const key = subjectKey(subject);
    let state = this.#states.get(key);
    if (!state) this.#states.set(key, (state = { ...emptyState(subject), touched: this.#touched }));
    return state;
  }

  timelineOf(subject: SubjectRef): readonly TimelineEvent[] {
    return this.timelines.of(subject);
  }

  /** @param since when the oldest journey that may read the subject's timeline began */
  append(subject: SubjectRef, event: TimelineEvent, since: () => Instant | undefined): void {
    this.timelines.append(subject, event, since);
  }

  clock(
    version: PlaybookVersion,
    subject: SubjectRef,
    policy: string,
    clock: string,
    instance: number | undefined,
    at: number,
  ): ClockReading | undefined {
    const slot = clockSlotOf(this.stateOf(subject), policy, clock);
    const definition = version.policies[policy];
    const calendar = definition && version.calendars[definition.calendar];
    const number = slot && (instance ?? latestInstance(slot));
    return slot && calendar && number !== undefined ? readClock(calendar, slot, number, at) : undefined;
  }
}
