/**
 * The world in virtual time: records, timelines, trigger state. Everything is consumed in E4's order, so what stands here
 * is what stands at the place that is being looked at.
 */

import type { TimelineEvent } from '../language/timeline.ts';
import { isRecord, relationsOf, type World } from '../language/world.ts';
import { type ClockReading, latestInstance, readClock } from '../triggers/clock-reading.ts';
import { clockSlotOf } from '../triggers/clocks.ts';
import { readTrait, type TraitState } from '../triggers/fold-trait.ts';
import { TRAIT_OWNER_PREFIX } from '../triggers/owners.ts';
import type { TriggerProgram } from '../triggers/program.ts';
import { emptyState, type SubjectState, slotKey } from '../triggers/state.ts';
import type { Json, People, PlaybookVersion, RecordType, SubjectRef, TraitPatch, Traits } from './types.ts';

export class VirtualWorld implements World {
  readonly people: People;
  readonly #program: TriggerProgram;
  readonly #records = new Map<string, Traits>();
  readonly #timelines = new Map<string, TimelineEvent[]>();
  readonly #states = new Map<string, SubjectState>();

  constructor(program: TriggerProgram, people: People) {
    this.#program = program;
    this.people = people;
  }

  traits(type: RecordType, id: string): Traits | undefined {
    return this.#records.get(`${type}/${id}`);
  }

  isComputed(type: RecordType, trait: string): boolean {
    return this.#program.subjects.get(type)?.traits.has(`${TRAIT_OWNER_PREFIX}${trait}`) ?? false;
  }

  computed(type: RecordType, id: string, trait: string, place: { at: number }): Json | undefined {
    const definition = this.#program.subjects.get(type)?.traits.get(`${TRAIT_OWNER_PREFIX}${trait}`);
    if (!definition) return undefined;
    const slot = this.#states.get(`${type}/${id}`)?.slots.get(slotKey(definition.owner, ''));
    return readTrait(definition.trait, slot?.state as TraitState | undefined, place.at);
  }

  /** Writes traits: the last write wins, null removes (E6). */
  merge(patch: TraitPatch): void {
    const id = `${patch.type}/${patch.id}`;
    const traits = { ...this.#records.get(id) };
    for (const [name, value] of Object.entries(patch.traits)) {
      if (value === null) delete traits[name];
      else traits[name] = value;
    }
    this.#records.set(id, traits);
  }

  /** The subjects on whose timelines an event stands (E8), in (type, id) order, after its patches were merged. */
  subjectsOf(event: TimelineEvent): SubjectRef[] {
    const found = new Map<string, SubjectRef>();
    for (const subject of event.subjects) {
      found.set(`${subject.type}/${subject.id}`, subject);
      if (!isRecord(subject)) continue;
      const named = relationsOf(subject.type, subject.id, this.traits(subject.type, subject.id));
      for (const type of ['contact', 'account'] as const) {
        const id = named[type];
        if (id !== undefined) found.set(`${type}/${id}`, { type, id });
      }
    }
    return [...found.keys()].sort().map((key) => found.get(key)!);
  }

  stateOf(subject: SubjectRef): SubjectState {
    const key = `${subject.type}/${subject.id}`;
    let state = this.#states.get(key);
    if (!state) this.#states.set(key, (state = emptyState(subject)));
    return state;
  }

  timelineOf(subject: SubjectRef): readonly TimelineEvent[] {
    return this.#timelines.get(`${subject.type}/${subject.id}`) ?? [];
  }

  append(subject: SubjectRef, event: TimelineEvent): void {
    const key = `${subject.type}/${subject.id}`;
    const timeline = this.#timelines.get(key);
    if (timeline) timeline.push(event);
    else this.#timelines.set(key, [event]);
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
