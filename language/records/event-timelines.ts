/** Which subjects' timelines an event belongs to after identity merges (E6, E8). */

import type { SubjectRef } from '../model.ts';
import type { IdentityLinks, Merge } from './identity-links.ts';
import { subjectKey } from './subject-key.ts';
import { comparePlaces, type Place, type TimelineEvent, type TraitPatch } from './timeline.ts';

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

/** A patch of an id that is a contact's by now, as one of that contact; undefined where no merge takes it along (E10). */
export function patchOn(patch: TraitPatch, id: string): TraitPatch | undefined {
  if (patch.id === id) return patch;
  return patch.stays ? undefined : { ...patch, id };
}

/**
 * The event as it is read on a timeline: what it writes to an id that is the contact's by now, it writes to the contact (E6).
 *
 * @param timeline `of` is the contact's id that the event names, where that is another than the contact's own
 */
export function eventOn<Event extends TimelineEvent>(event: Event, { subject, of }: Omit<EventTimeline, 'via'>): Event {
  if (of === undefined || event.patches.length === 0) return event;
  const patches = event.patches.flatMap((patch) => {
    const own = patch.type === 'contact' && patch.id === of ? patchOn(patch, subject.id) : patch;
    return own ? [own] : [];
  });
  return { ...event, patches };
}
