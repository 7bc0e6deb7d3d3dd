/** Records that are at hand, with the lists that they make and the computed traits of their state: what both worlds share. */
import type { Json, People, RecordType, Traits } from '../language/model.ts';
import { RelationIndex } from '../language/records/lists/relation-index.ts';
import type { RelatedList } from '../language/records/relations.ts';
import { subjectKey, subjectOfKey } from '../language/records/subject-key.ts';
import type { Place } from '../language/records/timeline.ts';
import type { World } from '../language/records/world.ts';
import type { SubjectState } from '../triggers/engine/state.ts';
import type { TriggerProgram } from '../triggers/index/program.ts';
import { computedOf, isComputed } from '../triggers/traits/computed.ts';

/** By `subjectKey`; the owner may add to them. */
interface AtHand {
  records: Map<string, Traits>;
  states: ReadonlyMap<string, SubjectState>;
  readsLists: boolean;
}

export abstract class RecordWorld implements World {
  readonly people: People;
  protected readonly program: TriggerProgram;
  /** By `subjectKey`. */
  protected readonly records: Map<string, Traits>;
  readonly #states: ReadonlyMap<string, SubjectState>;
  /** Kept only where a playbook reads lists of records (E8). */
  readonly #relations: RelationIndex | undefined;

  constructor(program: TriggerProgram, people: People, { records, states, readsLists }: AtHand) {
    this.program = program;
    this.people = people;
    this.records = records;
    this.#states = states;
    if (!readsLists) return;
    this.#relations = new RelationIndex();
    for (const [key, traits] of records) {
      const { type, id } = subjectOfKey<RecordType>(key);
      this.#relations.change(type, id, undefined, traits);
    }
  }

  /** Whose a contact's id is by now (E6). */
  protected abstract ownerOf(contactId: string): string;

  /** Every id that means a contact by now, its own included (E6): records that name one of them are in its lists (E8). */
  protected abstract namesOf(contactId: string): readonly string[];

  /** A list has too many records to be read. */
  protected abstract onTooLong(list: RelatedList, id: string): void;

  protected keyOf(type: RecordType, id: string): string {
    return subjectKey({ type, id: type === 'contact' ? this.ownerOf(id) : id });
  }

  traits(type: RecordType, id: string, _place?: Place): Traits | undefined {
    return this.records.get(this.keyOf(type, id));
  }

  isComputed(type: RecordType, trait: string): boolean {
    return isComputed(this.program, type, trait);
  }

  computed(type: RecordType, named: string, trait: string, place: Place): Json | undefined {
    const id = type === 'contact' ? this.ownerOf(named) : named;
    const record = { type, id };
    return computedOf(this.program, this.#states.get(subjectKey(record)), trait, { world: this, record, place });
  }

  related(list: RelatedList, named: string): Traits[] | undefined {
    const id = list.of === 'contact' ? this.ownerOf(named) : named;
    const names = list.of === 'contact' && this.#relations ? this.namesOf(id) : [id];
    const traitsOf = (one: string) => this.records.get(subjectKey({ type: list.type, id: one }))!;
    const records = this.#relations?.read(list, names, traitsOf);
    if (this.#relations && !records) this.onTooLong(list, id);
    return records;
  }

  /** Puts a record in place of what it was; without traits it goes. @param id its own, not one that is another's */
  protected put(type: RecordType, id: string, traits: Traits | undefined): void {
    const key = subjectKey({ type, id });
    this.#relations?.change(type, id, this.records.get(key), traits);
    if (traits) this.records.set(key, traits);
    else this.records.delete(key);
  }
}
