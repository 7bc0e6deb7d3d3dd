/** The world as one batch of the evaluator sees it: records and state that were read under the subjects' locks. */
import type { Json, People, RecordType, Traits } from '../language/model.ts';
import type { Place, TraitPatch } from '../language/timeline.ts';
import type { World } from '../language/world.ts';
import { readTrait, type TraitState } from '../triggers/fold-trait.ts';
import { TRAIT_OWNER_PREFIX } from '../triggers/owners.ts';
import type { TriggerProgram } from '../triggers/program.ts';
import { type SubjectState, slotKey } from '../triggers/state.ts';

export class BatchWorld implements World {
  readonly people: People;
  readonly #program: TriggerProgram;
  readonly #records: Map<string, Traits>;
  readonly #states: ReadonlyMap<string, SubjectState>;

  constructor(
    program: TriggerProgram,
    people: People,
    records: Map<string, Traits>,
    states: ReadonlyMap<string, SubjectState>,
  ) {
    this.#program = program;
    this.people = people;
    this.#records = records;
    this.#states = states;
  }

  traits(type: RecordType, id: string): Traits | undefined {
    return this.#records.get(`${type}/${id}`);
  }

  isComputed(type: RecordType, trait: string): boolean {
    return this.#program.subjects.get(type)?.traits.has(`${TRAIT_OWNER_PREFIX}${trait}`) ?? false;
  }

  computed(type: RecordType, id: string, trait: string, place: Place): Json | undefined {
    const definition = this.#program.subjects.get(type)?.traits.get(`${TRAIT_OWNER_PREFIX}${trait}`);
    if (!definition) return undefined;
    const slot = this.#states.get(`${type}/${id}`)?.slots.get(slotKey(definition.owner, ''));
    const state = slot?.hash === definition.hash ? (slot.state as unknown as TraitState) : undefined;
    return readTrait(definition.trait, state, place.at);
  }

  /** The traits as the store says they stand, after a late write. */
  replace(ref: { type: RecordType; id: string }, traits: Traits): void {
    this.#records.set(`${ref.type}/${ref.id}`, traits);
  }

  /** The traits that a patch leaves, for the events that come after it in the batch. */
  merge(patch: TraitPatch): void {
    const key = `${patch.type}/${patch.id}`;
    const traits = { ...this.#records.get(key) };
    for (const [name, value] of Object.entries(patch.traits)) {
      if (value === null) delete traits[name];
      else traits[name] = value;
    }
    this.#records.set(key, traits);
  }
}
