/** Which subjects' timelines an event belongs to after identity merges (E6, E8), and which records its patches write. */

import type { SubjectRef } from '../../language/model.ts';
import { type EventTimeline, patchOn, timelinesOfEvent } from '../../language/records/event-timelines.ts';
import {
  type IdentityDifference,
  type IdentityLink,
  type IdentityLinks,
  identityLinksOf,
} from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { TimelineEntry } from '../../store/events/timeline-entries.ts';
import type { PlacedPatch } from '../../store/records/records.ts';
import type { TriggerProgram } from '../../triggers/index/program.ts';

/** What an event writes, at the records to which its contacts' ids belong. */
export function patchesOf(event: TimelineEvent, identities: IdentityLinks): PlacedPatch[] {
  const { at, receivedAt, arrival } = event;
  const place = placeOfEvent(event);
  return event.patches.flatMap((patch): PlacedPatch[] => {
    if (patch.type !== 'contact') return [{ patch, at, receivedAt, arrival }];
    return identities.ownerships(patch.id, place).flatMap(({ id, via }) => {
      const own = patchOn(patch, id);
      const brought = { ...(id !== patch.id && { of: patch.id }), ...(via && { via: via.place }) };
      return own ? [{ patch: own, at, receivedAt, arrival, ...brought }] : [];
    });
  });
}

/** Where an event belongs, and what its own identity links move. */
export interface EventPlacement {
  /** With the event's own links. */
  identities: IdentityLinks;
  /** Those of its own that are kept: one beyond the limits is not. */
  links: IdentityLink[];
  /** What its links change: whose timelines they bring something to, or take it from. */
  difference: IdentityDifference;
  timelines: EventTimeline[];
  /** All that must be locked before the event is consumed. */
  subjects: SubjectRef[];
  /** Places on timelines of subjects that the event itself does not name. */
  entries: TimelineEntry[];
  patches: PlacedPatch[];
  /** Contacts' timelines are to be replayed: they become one, or the event lies before they did. */
  isMerge: boolean;
  /** The subjects of its timelines that evaluate it as any other event. */
  separate: SubjectRef[];
}

/**
 * @param named as `subjectsOf` gives them
 * @param isQuiet whether the event's claims move nothing; without it they may
 */
export function placeEvent(
  event: StoredEvent,
  named: readonly SubjectRef[],
  known: IdentityLinks,
  isQuiet?: (difference: IdentityDifference, identities: IdentityLinks) => boolean,
): EventPlacement {
  const { arrival } = event;
  const place = placeOfEvent(event);
  const claimed = event.undoneBy ? [] : identityLinksOf(event);
  const identities = known.with(claimed.filter((link) => !known.isDecided(link)));
  const difference = identities.since(known);
  const { concerned, beyond } = difference;
  const links = claimed.filter(
    ({ from }) => !beyond.some(({ link }) => link.from === from && link.place.arrival === arrival),
  );
  const timelines = timelinesOfEvent(named, place, identities);
  const own = timelines.map(({ subject }) => subject);
  const others = concerned.filter((id) => !own.some((one) => one.type === 'contact' && one.id === id));
  const itself = new Set(event.subjects.map(subjectKey));
  const entries: TimelineEntry[] = named
    .filter((subject) => !itself.has(subjectKey(subject)))
    .map((subject) => ({ subject, arrival }));
  for (const { subject, of, via } of timelines)
    if (of !== undefined) entries.push({ subject, arrival, of, via: via?.place });
  const isBeforeMerge = ({ subject, via }: EventTimeline) => {
    if (subject.type !== 'contact' || via) return via !== undefined;
    const last = identities.mergesInto(subject.id).at(-1);
    return last !== undefined && comparePlaces(last.place, place) > 0;
  };
  const moves = concerned.length > 0 && !isQuiet?.(difference, identities);
  const isMerge = moves || timelines.some(isBeforeMerge);
  return {
    identities,
    links,
    difference,
    timelines,
    subjects: [...own, ...others.map((id) => ({ type: 'contact' as const, id }))],
    entries,
    patches: patchesOf(event, identities),
    isMerge,
    separate: own.filter(({ type }) => !isMerge || type !== 'contact'),
  };
}

export function contactsOf({ subjects }: EventPlacement): string[] {
  return subjects.flatMap(({ type, id }) => (type === 'contact' ? [id] : []));
}

/** The timelines of contacts that a merge concerns are replayed with it. */
export function isMerged({ type }: SubjectRef, { isMerge }: EventPlacement): boolean {
  return isMerge && type === 'contact';
}

/** Whether something is evaluated that may read the records of contacts that are no timelines of the event. */
export function readsOtherContacts({ subjects, lists }: TriggerProgram, { separate }: EventPlacement): boolean {
  return separate.some(({ type }) => (type === 'contact' ? lists.has(type) : subjects.has(type)));
}
