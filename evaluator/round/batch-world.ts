/** The world as one batch of the evaluator sees it: records and state that were read under the subjects' locks. */

import type { Json, People, RecordType, Traits } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import { RelationIndex } from '../../language/records/relation-index.ts';
import type { RelatedList } from '../../language/records/relations.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import type { Place, TraitPatch } from '../../language/records/timeline.ts';
import { applyPatch } from '../../language/records/traits.ts';
import type { World } from '../../language/records/world.ts';
import { type ListRef, listKey } from '../../store/records/relations.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { computedOf, isComputed } from '../../triggers/traits/computed.ts';
import { RecordHistory } from '../late/record-history.ts';

export class BatchWorld implements World {
  readonly people: People;
  readonly #program: TriggerProgram;
  readonly #records: Map<string, Traits>;
  readonly #states: ReadonlyMap<string, SubjectState>;
  /** Kept only where a playbook reads lists of records (E8). */
  readonly #relations: RelationIndex | undefined;
  readonly #tooLong = new Map<string, ListRef>();
  readonly #past: RecordHistory;
  #identities = new IdentityLinks();

  constructor(
    program: TriggerProgram,
    people: People,
    records: Map<string, Traits>,
    states: ReadonlyMap<string, SubjectState>,
    past: RecordHistory = new RecordHistory(),
  ) {
    this.#past = past;
    this.#program = program;
    this.people = people;
    this.#records = records;
    this.#states = states;
    if (program.lists.size === 0) return;
    this.#relations = new RelationIndex();
    for (const [key, traits] of records) {
      const { type, id } = subjectOfKey<RecordType>(key);
      this.#relations.change(type, id, undefined, traits);
    }
  }

  /** Lists that were read, and have too many records to be read. */
  get tooLong(): Iterable<ListRef> {
    return this.#tooLong.values();
  }

  /** As they stand behind the place; without one, as they stand now. */
  traits(type: RecordType, id: string, place?: Place): Traits | undefined {
    const key = subjectKey({ type, id: this.#idOf(type, id) });
    const then = place && this.#past.at(key, place);
    return then ? then.traits : this.#records.get(key);
  }

  /** A contact's id may be another's by now (E6). */
  follow(identities: IdentityLinks): void {
    this.#identities = identities;
  }

  #idOf(type: RecordType, id: string): string {
    return type === 'contact' ? this.#identities.ownerOf(id) : id;
  }

  isComputed(type: RecordType, trait: string): boolean {
    return isComputed(this.#program, type, trait);
  }

  computed(type: RecordType, named: string, trait: string, place: Place): Json | undefined {
    const record = { type, id: this.#idOf(type, named) };
    return computedOf(this.#program, this.#states.get(subjectKey(record)), trait, { world: this, record, place });
  }

  related(list: RelatedList, id: string): Traits[] | undefined {
    const records = this.#relations?.read(
      list,
      id,
      (one) => this.#records.get(subjectKey({ type: list.type, id: one }))!,
    );
    if (this.#relations && !records) this.#tooLong.set(listKey({ list, id }), { list, id });
    return records;
  }

  /** The traits as the store says they stand, after a late write. */
  replace(ref: { type: RecordType; id: string }, traits: Traits): void {
    this.#set(ref.type, ref.id, traits);
  }

  /** The traits that a patch leaves, for what comes behind its place. */
  merge(patch: TraitPatch, place: Place): void {
    const before = this.traits(patch.type, patch.id);
    this.#past.wrote(subjectKey({ type: patch.type, id: this.#idOf(patch.type, patch.id) }), place, before);
    this.#set(patch.type, patch.id, applyPatch(before, patch.traits));
  }

  #set(type: RecordType, id: string, traits: Traits): void {
    this.#relations?.change(type, id, this.traits(type, id), traits);
    this.#records.set(subjectKey({ type, id }), traits);
  }
}
