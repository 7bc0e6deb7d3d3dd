/** The records that may have been in lists (E8) at places of a subject's past, for a replay of it. */
import type { SubjectRef } from '../../language/model.ts';
import { IdentityLinks } from '../../language/records/identity-links.ts';
import { MAX_RELATED, type RelatedList } from '../../language/records/relations.ts';
import type { Place } from '../../language/records/timeline.ts';
import { isRecord } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { loadIdentityLinks } from '../../store/records/identity-links.ts';
import type { RecordRef } from '../../store/records/records.ts';
import { type ListRef, listKey, readEverRelated } from '../../store/records/relations.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';

/** By `listKey`: records that ever named the owner by that id; `too-many` for a list that is not read. */
type EverNamed = ReadonlyMap<string, readonly RecordRef[] | 'too-many'>;

export class ListHistory {
  readonly #ever: EverNamed;
  /** Of the lists' owners, and of the contacts in them. */
  readonly #identities: IdentityLinks;

  private constructor(ever: EverNamed, identities: IdentityLinks) {
    this.#ever = ever;
    this.#identities = identities;
  }

  /** @param related the records that the subject names somewhere in the replay */
  static async read(
    client: Queryable,
    lists: TriggerProgram['lists'],
    subject: SubjectRef,
    related: readonly RecordRef[],
  ): Promise<ListHistory> {
    const asked: ReadonlySet<RelatedList> | undefined = lists.get(subject.type);
    if (!asked || !isRecord(subject)) return new ListHistory(new Map(), new IdentityLinks());
    const owners = [subject, ...related];
    const contacts = [...asked].some((list) => list.of === 'contact') ? owners.filter(isContact) : [];
    const named = new IdentityLinks(await loadIdentityLinks(client, contacts.map(idOf)));
    const wanted = owners.flatMap(({ type, id }): ListRef[] => {
      const names = type === 'contact' ? [id, ...named.aliasesOf(id, named.heirOf(id))] : [id];
      return [...asked].flatMap((list) => (list.of === type ? names.map((name) => ({ list, id: name })) : []));
    });
    const found = await readEverRelated(client, wanted);
    const ever = new Map(
      wanted.map((ref): [string, RecordRef[] | 'too-many'] => {
        const records = found.get(listKey(ref)) ?? [];
        return [listKey(ref), records.length > MAX_RELATED ? 'too-many' : records];
      }),
    );
    const listed = [...ever.values()].flatMap((records) => (records === 'too-many' ? [] : records.filter(isContact)));
    if (listed.length === 0) return new ListHistory(ever, named);
    const ids = [...contacts, ...listed].map(idOf);
    return new ListHistory(ever, new IdentityLinks(await loadIdentityLinks(client, ids)));
  }

  /** All that have been in them. */
  get records(): RecordRef[] {
    return [...this.#ever.values()].flatMap((records) => (records === 'too-many' ? [] : records));
  }

  /**
   * The records that may be in a list at a place, by id, and the ids that mean its owner there (E6).
   *
   * @returns undefined where there are more than are read
   */
  at(list: RelatedList, id: string, place: Place): { records: RecordRef[]; names: ReadonlySet<string> } | undefined {
    const names = list.of === 'contact' ? this.#identities.namesOf(this.#identities.ownerAt(id, place), place) : [id];
    const found = new Map<string, RecordRef>();
    for (const name of names) {
      const ever = this.#ever.get(listKey({ list, id: name })) ?? [];
      if (ever === 'too-many') return undefined;
      for (const record of ever) if (this.#isOwn(record, place)) found.set(record.id, record);
    }
    const records = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return { records, names: new Set(names) };
  }

  /** A contact that is another's by then is in no list. */
  #isOwn(record: RecordRef, place: Place): boolean {
    return !isContact(record) || this.#identities.ownerAt(record.id, place) === record.id;
  }
}

function isContact({ type }: { type: string }): boolean {
  return type === 'contact';
}

function idOf({ id }: { id: string }): string {
  return id;
}
