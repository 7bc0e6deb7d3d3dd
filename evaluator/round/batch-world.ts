/** The world as one batch of the evaluator sees it: records and state that were read under the subjects' locks. */
import { RecordWorld } from '../../evaluation/record-world.ts';
import type { People, RecordType, Traits } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import type { RelatedList } from '../../language/records/relations.ts';
import type { Place, TraitPatch } from '../../language/records/timeline.ts';
import { applyPatch } from '../../language/records/traits.ts';
import { type ListRef, listKey } from '../../store/records/relations.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { RecordHistory } from '../late/record-history.ts';

export interface BatchRecords {
  records: Map<string, Traits>;
  states: ReadonlyMap<string, SubjectState>;
  /** What was written to records after the earliest place of the batch (T0). */
  history?: RecordHistory;
  /** To whom the contacts' ids belong (E6). */
  identities?: IdentityLinks;
}

export class BatchWorld extends RecordWorld {
  readonly #tooLong = new Map<string, ListRef>();
  readonly #history: RecordHistory;
  #identities: IdentityLinks;

  constructor(program: TriggerProgram, people: People, { records, states, history, identities }: BatchRecords) {
    super(program, people, { records, states, readsLists: program.lists.size > 0 });
    this.#history = history ?? new RecordHistory();
    this.#identities = identities ?? new IdentityLinks();
  }

  /** Lists that were read, and have too many records to be read. */
  get tooLong(): Iterable<ListRef> {
    return this.#tooLong.values();
  }

  /** A contact's id may be another's by now (E6). */
  follow(identities: IdentityLinks): void {
    this.#identities = identities;
  }

  /** Traits after what is at the place; without one, the latest. */
  override traits(type: RecordType, id: string, place?: Place): Traits | undefined {
    const then = place && this.#history.at(this.keyOf(type, id), place);
    return then ? then.traits : super.traits(type, id);
  }

  /** The traits as the store has them after a late write. */
  replace(ref: { type: RecordType; id: string }, traits: Traits): void {
    this.put(ref.type, ref.id, traits);
  }

  /** Writes a patch, for what comes after its place. */
  merge({ type, id, traits }: TraitPatch, place: Place): void {
    const before = this.traits(type, id);
    this.#history.wrote(this.keyOf(type, id), place, before);
    this.put(type, id, applyPatch(before, traits));
  }

  protected override ownerOf(contactId: string): string {
    return this.#identities.ownerOf(contactId);
  }

  protected override namesOf(contactId: string): readonly string[] {
    return this.#identities.namesOf(contactId);
  }

  protected override onTooLong(list: RelatedList, id: string): void {
    this.#tooLong.set(listKey({ list, id }), { list, id });
  }
}
