/** The timelines to which an event belongs (E8). */
import type { RecordType, SubjectRef, Traits } from '../language/model.ts';
import { subjectKey } from '../language/records/subject-key.ts';
import type { TimelineEvent } from '../language/records/timeline.ts';
import { isRecord, relationsOf } from '../language/records/world.ts';

const RELATED = ['contact', 'account'] as const;
const NO_TRAITS: Traits = {};

/**
 * The subjects that an event names, and the contact and account that a named record's traits name, after the event's own
 * patches; in (type, id) order.
 */
export function timelineSubjects(
  event: TimelineEvent,
  traitsOf: (type: RecordType, id: string) => Traits | undefined,
): SubjectRef[] {
  const found: SubjectRef[] = [...event.subjects];
  for (const subject of event.subjects) addRelated(found, subject, event, traitsOf);
  if (found.length === 1) return event.subjects;
  const byKey = new Map(found.map((subject) => [subjectKey(subject), subject]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key)!);
}

/** Runs for every event: most records name no other, and nothing is made for them. */
function addRelated(
  found: SubjectRef[],
  subject: SubjectRef,
  { patches }: TimelineEvent,
  traitsOf: (type: RecordType, id: string) => Traits | undefined,
): void {
  if (!isRecord(subject)) return;
  const { type, id } = subject;
  let { contactId, accountId } = traitsOf(type, id) ?? NO_TRAITS;
  for (const patch of patches) {
    if (patch.type !== type || patch.id !== id) continue;
    if (patch.traits.contactId !== undefined) contactId = patch.traits.contactId;
    if (patch.traits.accountId !== undefined) accountId = patch.traits.accountId;
  }
  if (contactId === undefined && accountId === undefined) return;
  const after: Traits = {};
  if (contactId !== undefined) after.contactId = contactId;
  if (accountId !== undefined) after.accountId = accountId;
  const named = relationsOf(type, id, after);
  for (const related of RELATED) {
    const other = related === type ? undefined : named[related];
    if (other !== undefined) found.push({ type: related, id: other });
  }
}
