/** What the computed traits of related records are folded over, for a walk over another record's past (T0, T14). */
import type { RecordType, SubjectType } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import type { TimelineEvent } from '../../language/records/timeline.ts';
import { readTimeline } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { PastFolds } from '../../triggers/history/past-folds.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';

/** Of one related record: as of the walked subject itself, more are not folded again. */
const MAX_EVENTS = 100_000;

/**
 * Reads, of each record, the latest 100,000 events of the traits that playbooks of the walked subject's type refer to.
 * Most refer to none of another record: then nothing is read.
 */
export async function traitHistories(
  client: Queryable,
  program: TriggerProgram,
  walked: SubjectType,
  records: readonly { type: RecordType; id: string }[],
): Promise<PastFolds> {
  const names = namesByType(program, walked);
  const events = new Map<string, readonly TimelineEvent[]>();
  for (const record of records) {
    const asked = [...(names.get(record.type) ?? [])].sort();
    if (asked.length === 0) continue;
    const options = { names: asked, limit: MAX_EVENTS, latest: true };
    events.set(subjectKey(record), await readTimeline(client, record, options));
  }
  return new PastFolds(events);
}

function namesByType(program: TriggerProgram, walked: SubjectType): Map<RecordType, Set<string>> {
  const names = new Map<RecordType, Set<string>>();
  for (const { playbook, traits } of program.versions.values()) {
    if (playbook.subject !== walked) continue;
    for (const { subject, events } of traits) {
      const known = names.get(subject) ?? new Set();
      for (const { event } of events) known.add(event);
      names.set(subject, known);
    }
  }
  return names;
}
