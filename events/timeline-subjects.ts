/** The timelines to which an event belongs (E8). */
import type { RecordType, SubjectRef, Traits } from '../language/model.ts';
import { subjectKey } from '../language/records/subject-key.ts';
import type { TimelineEvent } from '../language/records/timeline.ts';
import { isRecord, relationsOf } from '../language/records/world.ts';

const RELATIONS = { contact: 'contactId', account: 'accountId' } as const;

/**
 * The subjects that an event names, and the contact and account that a named record's traits name, after the event's own
 * patches; in (type, id) order.
 */
export function timelineSubjects(
  event: TimelineEvent,
  traitsOf: (type: RecordType, id: string) => Traits | undefined,
): SubjectRef[] {
  const related = event.subjects.flatMap((subject) => relatedTo(subject, event, traitsOf));
  if (event.subjects.length === 1 && related.length === 0) return event.subjects;
  const found = new Map([...event.subjects, ...related].map((subject) => [subjectKey(subject), subject]));
  return [...found.keys()].sort().map((key) => found.get(key)!);
}

function relatedTo(
  subject: SubjectRef,
  { patches }: TimelineEvent,
  traitsOf: (type: RecordType, id: string) => Traits | undefined,
): SubjectRef[] {
  if (!isRecord(subject)) return [];
  const traits = traitsOf(subject.type, subject.id);
  const after: Traits = {};
  for (const trait of Object.values(RELATIONS)) {
    if (traits?.[trait] !== undefined) after[trait] = traits[trait];
    for (const patch of patches) {
      const written = patch.type === subject.type && patch.id === subject.id ? patch.traits[trait] : undefined;
      if (written !== undefined) after[trait] = written;
    }
  }
  const named = relationsOf(subject.type, subject.id, after);
  return (Object.keys(RELATIONS) as (keyof typeof RELATIONS)[]).flatMap((type) => {
    const id = type === subject.type ? undefined : named[type];
    return id === undefined ? [] : [{ type, id }];
  });
}
