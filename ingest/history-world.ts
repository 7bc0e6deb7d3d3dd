/** The world as it stood at each place of a subject's past: what a recomputation reads (E5, T0). */
import type { Json, People, RecordType, Traits } from '../language/model.ts';
import { comparePlaces, type Place } from '../language/timeline.ts';
import { relationsOf, type World } from '../language/world.ts';
import type { Queryable } from '../store/database.ts';
import { readTraitWrites } from '../store/records.ts';
import { readTrait, type TraitState } from '../triggers/fold-trait.ts';
import { TRAIT_OWNER_PREFIX } from '../triggers/owners.ts';
import type { TriggerProgram } from '../triggers/program.ts';
import { type SubjectState, slotKey } from '../triggers/state.ts';

interface TraitWriteAt {
  trait: string;
  value: Json;
  place: Place;
}

export class HistoryWorld implements World {
  readonly people: People;
  readonly #program: TriggerProgram;
  readonly #writes = new Map<string, TraitWriteAt[]>();
  readonly #state: SubjectState;

  private constructor(program: TriggerProgram, people: People, state: SubjectState) {
    this.#program = program;
    this.people = people;
    this.#state = state;
  }

  /** Reads every write of the subject's record, and of each record that it ever named. */
  static async load(
    client: Queryable,
    program: TriggerProgram,
    people: People,
    state: SubjectState,
  ): Promise<HistoryWorld> {
    const world = new HistoryWorld(program, people, state);
    const { type, id } = state.subject;
    const own = { type: type as RecordType, id };
    const writes = await readTraitWrites(client, [own]);
    const related = writes.flatMap(({ trait, value }) =>
      Object.entries(relationsOf(own.type, own.id, { [trait]: value })).map(([t, i]) => ({
        type: t as RecordType,
        id: i,
      })),
    );
    const others = [...new Map(related.map((ref) => [`${ref.type}/${ref.id}`, ref])).values()].filter(
      (ref) => ref.type !== own.type || ref.id !== own.id,
    );
    for (const write of [...writes, ...(await readTraitWrites(client, others))]) {
      const key = `${write.type}/${write.id}`;
      const place: Place = {
        at: write.at,
        round: 0,
        phase: 'events',
        receivedAt: write.receivedAt,
        arrival: write.arrival,
      };
      const known = world.#writes.get(key);
      if (known) known.push({ ...write, place });
      else world.#writes.set(key, [{ ...write, place }]);
    }
    return world;
  }

  traits(type: RecordType, id: string, place: Place): Traits | undefined {
    const writes = this.#writes.get(`${type}/${id}`);
    if (!writes) return undefined;
    const traits: Traits = {};
    for (const write of writes) {
      if (comparePlaces(write.place, place) > 0) break;
      if (write.value === null) delete traits[write.trait];
      else traits[write.trait] = write.value;
    }
    return traits;
  }

  isComputed(type: RecordType, trait: string): boolean {
    return this.#program.subjects.get(type)?.traits.has(`${TRAIT_OWNER_PREFIX}${trait}`) ?? false;
  }

  /** Of the subject itself, whose traits are folded along; those of other records are read at their head. */
  computed(type: RecordType, id: string, trait: string, place: Place): Json | undefined {
    const definition = this.#program.subjects.get(type)?.traits.get(`${TRAIT_OWNER_PREFIX}${trait}`);
    if (!definition || type !== this.#state.subject.type || id !== this.#state.subject.id) return undefined;
    const slot = this.#state.slots.get(slotKey(definition.owner, ''));
    return readTrait(definition.trait, slot?.state as TraitState | undefined, place.at);
  }
}
