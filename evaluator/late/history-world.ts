/** The world as it was at each place of a subject's past: what a replay of it reads (E5, T0). */
import type { Json, People, RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { elementOf, type RelatedList } from '../../language/records/relations.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent } from '../../language/records/timeline.ts';
import { writeTrait } from '../../language/records/traits.ts';
import { isRecord, relationsOf, type World } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { readContactWrites } from '../../store/records/contact-writes.ts';
import { type RecordRef, readTraitWrites, type TraitWrite } from '../../store/records/records.ts';
import type { SubjectState } from '../../triggers/engine/state.ts';
import type { PastFolds } from '../../triggers/history/past-folds.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { computedOf, computedTrait, isComputed, readComputed } from '../../triggers/traits/computed.ts';
import { ListHistory } from './list-history.ts';
import { type OwnerThen, PastOwners } from './past-owners.ts';
import { traitHistories } from './trait-history.ts';

export interface TraitWriteAt {
  trait: string;
  value: Json;
  place: Place;
  /** The merge by which it is read there, by its arrival (E6); null or absent where it is the record's own. */
  via?: number | null;
}

/** What was around a subject at every place of its past. */
export interface Past {
  subject: SubjectRef;
  program: TriggerProgram;
  people: People;
  /** In E4's order, by `<type>/<id>`. */
  writes: ReadonlyMap<string, TraitWriteAt[]>;
  /** The computed traits of the other records. */
  folds: PastFolds;
  lists: ListHistory;
  /** Of the contacts' ids that it names. */
  owners: PastOwners;
}

/** How far one record's writes were read: a replay reads at later and later places. */
export interface Reached {
  place: Place;
  next: number;
  /** Undefined where nothing was written up to there. */
  traits: Traits | undefined;
}

/** How a replay reads the writes of the subject's own record. */
export interface OwnWrites {
  /** Those that are read; without it all. */
  isRead?(write: TraitWriteAt): boolean;
  /** Where an earlier replay that reads the same up to there has come to. */
  reached?: Reached | undefined;
}

export class HistoryWorld implements World {
  readonly people: People;
  readonly #past: Past;
  readonly #state: SubjectState;
  readonly #isRead: ((write: TraitWriteAt) => boolean) | undefined;
  readonly #reached = new Map<string, Reached>();

  constructor(past: Past, state: SubjectState, { isRead, reached }: OwnWrites = {}) {
    this.people = past.people;
    this.#past = past;
    this.#state = state;
    this.#isRead = isRead;
    if (reached) this.#reached.set(subjectKey(past.subject), reached);
  }

  /** How far the subject's own record has been read. */
  get reached(): Reached | undefined {
    return this.#reached.get(subjectKey(this.#past.subject));
  }

  /**
   * Reads the writes of the subject's record after a place, and of each record that it then names, and what was there.
   *
   * @param from the place; without it the beginning
   * @returns the world around the subject; the subject's computed traits are read from the state that it is called with
   */
  static async around(
    client: Queryable,
    parts: Pick<Past, 'program' | 'people'>,
    subject: SubjectRef,
    { from }: { from?: Place | undefined } = {},
  ): Promise<(state: SubjectState) => HistoryWorld> {
    const own = isRecord(subject) ? await readTraitWrites(client, [subject], from) : [];
    const past = await HistoryWorld.past(client, parts, subject, { from, own });
    return (state) => new HistoryWorld(past, state);
  }

  /** The same, as what a world is made of. @param own the writes of the subject's own record */
  static async past(
    client: Queryable,
    { program, people }: Pick<Past, 'program' | 'people'>,
    subject: SubjectRef,
    { from, own }: { from?: Place | undefined; own: readonly TraitWrite[] },
  ): Promise<Past> {
    const named = own.flatMap(({ type, id, trait, value }) => {
      const relations = Object.entries(relationsOf(type, id, { [trait]: value }));
      return relations.map(([t, i]): RecordRef => ({ type: t as RecordType, id: i }));
    });
    const others = unique(named).filter((ref) => ref.type !== subject.type || ref.id !== subject.id);
    const lists = await ListHistory.read(client, program.lists, subject, others);
    const owners = await PastOwners.of(
      client,
      others.flatMap(({ type, id }) => (type === 'contact' ? [id] : [])),
    );
    const owned = owners.ids.map((id): RecordRef => ({ type: 'contact', id }));
    const without = new Set([subject, ...owned].map(subjectKey));
    const all = unique([...others, ...lists.records]).filter((ref) => !without.has(subjectKey(ref)));
    const writes = new Map<string, TraitWriteAt[]>();
    const related = [...(await readTraitWrites(client, all, from)), ...(await readContactWrites(client, owners.ids))];
    for (const write of [...own, ...related]) {
      const key = subjectKey(write);
      const known = writes.get(key);
      if (known) known.push({ ...write, place: placeOfEvent(write) });
      else writes.set(key, [{ ...write, place: placeOfEvent(write) }]);
    }
    const folds = await traitHistories(client, program, subject.type, unique([...others, ...owned]));
    return { subject, program, people, writes, folds, lists, owners };
  }

  /** The same from the beginning on, around one state. */
  static async load(
    client: Queryable,
    program: TriggerProgram,
    people: People,
    state: SubjectState,
  ): Promise<HistoryWorld> {
    return (await HistoryWorld.around(client, { program, people }, state.subject))(state);
  }

  traits(type: RecordType, id: string, place: Place): Traits | undefined {
    const { subject } = this.#past;
    const owner = this.#ownerThen(type, id, place);
    const key = subjectKey({ type, id: owner?.id ?? id });
    const writes = this.#past.writes.get(key);
    if (!writes) return undefined;
    const isOwn = type === subject.type && id === subject.id;
    const isRead = isOwn ? this.#isRead : owner?.isRead;
    const part = owner ? `${key}/${owner.merges}` : key;
    let reached = this.#reached.get(part);
    if (!reached || comparePlaces(reached.place, place) > 0) reached = { place, next: 0, traits: undefined };
    let { next, traits } = reached;
    for (let write = writes[next]; write && comparePlaces(write.place, place) <= 0; write = writes[++next]) {
      if (isRead && !isRead(write)) continue;
      // Traits that were returned before do not change.
      if (traits === reached.traits) traits = { ...traits };
      writeTrait(traits!, write.trait, write.value);
    }
    this.#reached.set(part, { place, next, traits });
    return traits;
  }

  /** Of the records that ever named this one, those that do at the place. */
  related(list: RelatedList, id: string, place: Place): Traits[] | undefined {
    const ever = this.#past.lists.at(list, id, place);
    return ever?.records.flatMap((record) => {
      const traits = this.traits(record.type, record.id, place);
      return traits && ever.names.has(traits[list.by] as string) ? [elementOf(record.id, traits)] : [];
    });
  }

  isComputed(type: RecordType, trait: string): boolean {
    return isComputed(this.#past.program, type, trait);
  }

  /** Whose a contact's id was (E6); undefined where it is its own, and has never been more. */
  #ownerThen(type: RecordType, id: string, place: Place): OwnerThen | undefined {
    return type === 'contact' ? this.#past.owners.at(id, place) : undefined;
  }

  /** The subject's own are folded along; those of the records that it names, up to the place. */
  computed(type: RecordType, id: string, trait: string, place: Place): Json | undefined {
    const { program, folds } = this.#past;
    if (type === this.#state.subject.type && id === this.#state.subject.id) {
      return computedOf(program, this.#state, trait, { world: this, record: { type, id }, place });
    }
    const owner = this.#ownerThen(type, id, place);
    const record = { type, id: owner?.id ?? id };
    const definition = computedTrait(program, type, trait);
    const around = { world: this, zone: program.settings.timeZone, ...(owner && { part: owner }) };
    return (
      definition &&
      readComputed(definition, () => folds.at(definition, record, place, around), { ...around, record, place })
    );
  }
}

function unique(refs: readonly RecordRef[]): RecordRef[] {
  return [...new Map(refs.map((ref) => [subjectKey(ref), ref])).values()];
}
