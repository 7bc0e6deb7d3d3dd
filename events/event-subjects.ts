/** On whose timelines an event stands (E8). */
import type { RecordType, SubjectRef, Traits } from '../language/model.ts';
import { subjectKey } from '../language/records/subject-key.ts';
import type { TimelineEvent } from '../language/records/timeline.ts';
import { isRecord, relationsOf } from '../language/records/world.ts';

/**
 * The subjects that an event names, and the contact and account that a named record's traits name, after the event's own
 * patches; in (type, id) order.
 */
export function subjectsOf(
  event: TimelineEvent,
  traitsOf: (type: RecordType, id: string) => Traits | undefined,
): SubjectRef[] {
  const found = new Map<string, SubjectRef>();
  for (const subject of event.subjects) {
    found.set(subjectKey(subject), subject);
    if (!isRecord(subject)) continue;
    const patched: Traits = { ...traitsOf(subject.type, subject.id) };
    for (const patch of event.patches) {
      if (patch.type === subject.type && patch.id === subject.id) Object.assign(patched, patch.traits);
    }
    const named = relationsOf(subject.type, subject.id, patched);
    for (const type of ['contact', 'account'] as const) {
      const id = named[type];
      if (id !== undefined) found.set(subjectKey({ type, id }), { type, id });
    }
  }
  return [...found.keys()].sort().map((key) => found.get(key)!);
}
