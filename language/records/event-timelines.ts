/** Which subjects' timelines an event belongs to after identity merges (E6, E8). */

import type { SubjectRef } from '../model.ts';
import type { IdentityLinks, Merge } from './identity-links.ts';
import { subjectKey } from './subject-key.ts';
import { comparePlaces, type Place } from './timeline.ts';

/** A timeline to which an event belongs. */
export interface EventTimeline {
  subject: SubjectRef;
  /** The contact's id that the event names, where that one is another's by now. */
  of?: string;
  /** The merge from which on it is read there; without it from its own place on. */
  via?: Merge;
}

/** @param named the subjects that the event names, and that records' traits name, whether or not their ids belong to others by now */
export function timelinesOfEvent(
  named: readonly SubjectRef[],
  place: Place,
  identities: IdentityLinks,
): EventTimeline[] {
  const found = new Map<string, EventTimeline>();
  for (const subject of named) {
    if (subject.type !== 'contact') {
      found.set(subjectKey(subject), { subject });
      continue;
    }
    for (const { id, via } of identities.ownerships(subject.id, place)) {
      const known = found.get(`contact/${id}`);
      if (known && (!known.via || (via && comparePlaces(known.via.place, via.place) <= 0))) continue;
      const of = id === subject.id ? {} : { of: subject.id };
      found.set(`contact/${id}`, { subject: { type: 'contact', id }, ...of, ...(via && { via }) });
    }
  }
  return [...found.keys()].sort().map((key) => found.get(key)!);
}
