/**
 * Timelines that will be merged, in virtual time (E6). A run knows from the start which ids are linked, where, and to which
 * contact; so it need not look back at a merge: in addition to the contact's own state it keeps one for each merge to come,
 * which evaluates the events of both timelines as they happen. At the merge that state replaces the contact's. What it would
 * have fired until then is not made, and only its ids are kept.
 */
import { enrolmentIdOf } from '../../language/hash.ts';
import type { Instant, Json, People, RecordType, Traits } from '../../language/model.ts';
import type { IdentityLinks, Merge } from '../../language/records/identity-links.ts';
import type { RelatedList } from '../../language/records/relations.ts';
import { comparePlaces, type Place, type TimelineEvent } from '../../language/records/timeline.ts';
import { applyPatch } from '../../language/records/traits.ts';
import type { World } from '../../language/records/world.ts';
import { applyDeadlines, applyEvent, seedRecord } from '../../triggers/engine/engine.ts';
import { type EvaluationResult, emptyState, nextDueAt, type SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { computedOf } from '../../triggers/traits/computed.ts';
import type { VirtualWorld } from './virtual-world.ts';

/** Both timelines of one merge to come, read as one. */
export class MergedTimeline {
  readonly merge: Merge;
  readonly state: SubjectState;
  readonly #program: TriggerProgram;
  readonly #world: MergedWorld;
  readonly #fired = new Set<string>();

  constructor(program: TriggerProgram, world: VirtualWorld, merge: Merge) {
    this.merge = merge;
    this.state = emptyState({ type: 'contact', id: merge.into });
    this.#program = program;
    this.#world = new MergedWorld(program, world, this.state);
  }

  /** The contact's record as both timelines leave it. */
  get traits(): Traits | undefined {
    return this.#world.own();
  }

  given(at: Instant): void {
    seedRecord(this.#program, this.state, this.#world, at);
  }

  write(traits: Traits): void {
    this.#world.write(traits);
  }

  event(event: TimelineEvent): void {
    this.#keep(applyEvent(this.#program, this.state, event, this.#world));
  }

  deadline(at: Instant): void {
    const dueAt = nextDueAt(this.state);
    if (dueAt === undefined || dueAt > at) return;
    this.#keep(applyDeadlines(this.#program, this.state, at, this.#world));
  }

  /** Whether both timelines together give a firing. */
  gives(firing: Parameters<typeof enrolmentIdOf>[0]): boolean {
    return this.#fired.has(enrolmentIdOf({ ...firing, subject: this.state.subject, firedAs: undefined }));
  }

  #keep(looked: EvaluationResult): void {
    for (const firing of looked.firings) this.#fired.add(enrolmentIdOf(firing));
    this.state.touched.clear();
  }
}

/** The run's world, but for the traits of the contact itself. */
class MergedWorld implements World {
  readonly people: People;
  readonly #program: TriggerProgram;
  readonly #world: VirtualWorld;
  readonly #state: SubjectState;
  #own: Traits | undefined;

  constructor(program: TriggerProgram, world: VirtualWorld, state: SubjectState) {
    this.people = world.people;
    this.#program = program;
    this.#world = world;
    this.#state = state;
  }

  own(): Traits | undefined {
    return this.#own ?? this.#world.traits('contact', this.#state.subject.id);
  }

  write(traits: Traits): void {
    this.#own = applyPatch(this.own(), traits);
  }

  traits(type: RecordType, id: string): Traits | undefined {
    return this.#isOwn(type, id) ? this.own() : this.#world.traits(type, id);
  }

  isComputed(type: RecordType, trait: string): boolean {
    return this.#world.isComputed(type, trait);
  }

  computed(type: RecordType, id: string, trait: string, place: Place): Json | undefined {
    if (!this.#isOwn(type, id)) return this.#world.computed(type, id, trait, place);
    return computedOf(this.#program, this.#state, trait, { world: this, record: { type, id }, place });
  }

  related(list: RelatedList, id: string): Traits[] | undefined {
    return this.#world.related(list, id);
  }

  #isOwn(type: RecordType, id: string): boolean {
    return type === 'contact' && id === this.#state.subject.id;
  }
}

/** The merged timelines of a run, one for each merge to come. */
export class MergedTimelines {
  readonly #identities: IdentityLinks;
  readonly #all = new Map<string, MergedTimeline>();
  readonly #make: (merge: Merge) => MergedTimeline;

  constructor(identities: IdentityLinks, make: (merge: Merge) => MergedTimeline) {
    this.#identities = identities;
    this.#make = make;
  }

  /** @param name as `nameOf` gives it */
  named(name: string): MergedTimeline | undefined {
    return this.#all.get(name);
  }

  /** Of the merges into a contact that are still to come; with `via`, from that one on. */
  of(id: string, after: Place, via?: Merge): MergedTimeline[] {
    const merges = this.#identities.mergesInto(id);
    const first = via ? merges.indexOf(via) : 0;
    return merges
      .slice(first)
      .filter((merge) => comparePlaces(merge.place, after) > 0)
      .map((merge) => this.at(merge));
  }

  at(merge: Merge): MergedTimeline {
    const name = nameOf(merge);
    let merged = this.#all.get(name);
    if (!merged) this.#all.set(name, (merged = this.#make(merge)));
    return merged;
  }

  done(merge: Merge): void {
    this.#all.delete(nameOf(merge));
  }
}

export function nameOf({ from, into }: Merge): string {
  return JSON.stringify([from, into]);
}
