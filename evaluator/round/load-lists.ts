/** The records of lists (E8) that the playbooks of a batch's subjects read: fetched only where one of them reads any. */
import type { RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { MAX_RELATED, type RelatedList } from '../../language/records/relations.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { isRecord, relationsOf } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type ListRef, listKey, readRelated } from '../../store/records/relations.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/**
 * Adds to `records` those that name a subject, or what its traits name; one too many of a list that is too long.
 *
 * @param subjects whom the batch looks at
 * @param records the subjects' own and their relations', by `<type>/<id>`; what stands there already stays
 */
export async function loadLists(
  client: Queryable,
  lists: TriggerProgram['lists'],
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
  // The event that tells a subject of another owner names that one as well: it is among the subjects.
  for (const subject of subjects) {
    for (const list of asked) {
      if (list.of === subject.type) wanted.set(listKey({ list, id: subject.id }), { list, id: subject.id });
    }
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

/** Operators see which lists were not read, and why a condition over one was not met (V5). */
export function reportTooLong(verdicts: UnitOfWork, tooLong: Iterable<ListRef>, at: number): void {
  for (const { list, id } of tooLong) {
    const looked = { list: `${list.of}.${list.name}`, at_most: MAX_RELATED };
    const subject: SubjectRef = { type: list.of, id };
    verdicts.decisions.push({
      playbook: null,
      firingId: null,
      enrolmentId: null,
      subject,
      verdict: 'list_bound',
      looked,
      at,
    });
  }
}
