/** The records that may have been in lists (E8) at places of a subject's past, for a replay of it. */
import type { SubjectRef } from '../../language/model.ts';
import { MAX_RELATED, type RelatedList } from '../../language/records/relations.ts';
import { isRecord } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { RecordRef } from '../../store/records/records.ts';
import { type ListRef, listKey, readEverRelated } from '../../store/records/relations.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';

/** By `listKey`, in the order of ids: records that ever named the owner; `too-many` for a list that is not read. */
export type ListHistory = ReadonlyMap<string, readonly RecordRef[] | 'too-many'>;

/** @param related the records that the subject names somewhere in the replay */
export async function readListHistory(
  client: Queryable,
  lists: TriggerProgram['lists'],
  subject: SubjectRef,
  related: readonly RecordRef[],
): Promise<ListHistory> {
  const asked: ReadonlySet<RelatedList> | undefined = lists.get(subject.type);
  if (!asked || !isRecord(subject)) return new Map();
  const wanted = [subject, ...related].flatMap(({ type, id }): ListRef[] =>
    [...asked].flatMap((list) => (list.of === type ? [{ list, id }] : [])),
  );
  const found = await readEverRelated(client, wanted);
  return new Map(
    wanted.map((ref): [string, RecordRef[] | 'too-many'] => {
      const records = found.get(listKey(ref)) ?? [];
      if (records.length > MAX_RELATED) return [listKey(ref), 'too-many'];
      return [listKey(ref), [...records].sort((a, b) => (a.id < b.id ? -1 : 1))];
    }),
  );
}
