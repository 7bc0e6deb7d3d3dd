/** The records that a batch's subjects are or name, and those of the lists (E8) that their playbooks read. */
import type { RecordType, SubjectRef, Traits } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import type { RelatedList } from '../../language/records/relations.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { isRecord, relationsOf } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { RecordRef, RecordRow } from '../../store/records/records.ts';
import { type ListRef, listKey, RELATION_TRAITS, readRelated } from '../../store/records/relations.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import { ownerOf } from '../late/relation-history.ts';

/** The records that some records name, where they are not among them. @param records by `subjectKey` */
export function relatedTo(records: ReadonlyMap<string, RecordRow>): RecordRef[] {
  const named = [...records].flatMap(([key, { traits }]) => {
    const { type, id } = subjectOfKey<RecordType>(key);
    return Object.entries(relationsOf(type, id, traits)).map(([t, i]) => ({ type: t as RecordType, id: i }));
  });
  return named.filter((ref) => !records.has(subjectKey(ref)));
}

/** The records that events name: of a contact's id that of the contact who owns it at the event's place (E6). */
export function recordsOwned(events: readonly TimelineEvent[], identities: IdentityLinks): RecordRef[] {
  return events.flatMap((event) => {
    const place = placeOfEvent(event);
    return event.subjects.filter(isRecord).map((ref) => ownerOf(ref, place, identities));
  });
}

/** Whether a record names others than it did before. */
export function namesOthers(before: Traits | undefined, now: Traits | undefined): boolean {
  return RELATION_TRAITS.some((trait) => before?.[trait] !== now?.[trait]);
}

/**
 * Adds to `records` those that name a subject, or what its traits name; one too many of a list that is too long.
 *
 * @param subjects those that the batch evaluates
 * @param records the subjects' own and their relations', by `subjectKey`; known ones are not replaced
 */
export async function loadLists(
  client: Queryable,
  { lists, identities }: { lists: TriggerProgram['lists']; identities: IdentityLinks },
  subjects: readonly SubjectRef[],
  records: Map<string, Traits>,
): Promise<void> {
  if (lists.size === 0) return;
  const wanted = new Map<string, ListRef>();
  for (const subject of subjects) {
    const asked = lists.get(subject.type);
    if (!asked || !isRecord(subject)) continue;
    for (const ref of ownersOf(subject, records, asked)) wanted.set(listKey(ref), ref);
  }
  const asked = new Set([...new Set(subjects.map(({ type }) => type))].flatMap((type) => [...(lists.get(type) ?? [])]));
  // An event that gives a record another owner names that owner as well, which is then among the subjects.
  for (const subject of subjects) {
    for (const list of asked) {
      if (list.of === subject.type) wanted.set(listKey({ list, id: subject.id }), { list, id: subject.id });
    }
  }
  // A record may name a contact by an id that has become the contact's (E6).
  for (const { list, id } of [...wanted.values()]) {
    if (list.of !== 'contact') continue;
    for (const name of identities.namesOf(identities.ownerOf(id)))
      wanted.set(listKey({ list, id: name }), { list, id: name });
  }
  const found = await readRelated(client, [...wanted.values()]);
  for (const [key, ref] of wanted) {
    for (const { id, traits } of found.get(key) ?? []) {
      const record = subjectKey({ type: ref.list.type, id });
      if (!records.has(record)) records.set(record, traits);
    }
  }
}

/** The lists of a record and of those that its traits name. */
export function ownersOf(
  subject: { type: RecordType; id: string },
  records: ReadonlyMap<string, Traits>,
  asked: ReadonlySet<RelatedList>,
): ListRef[] {
  const named = relationsOf(subject.type, subject.id, records.get(subjectKey(subject)));
  return [...asked].flatMap((list) => {
    const id = named[list.of];
    return id === undefined ? [] : [{ list, id }];
  });
}
