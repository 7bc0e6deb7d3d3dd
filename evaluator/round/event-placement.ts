/** On which timelines an event stands once claims are heeded (E6, E8), and which records its patches write. */

import type { SubjectRef } from '../../language/model.ts';
import { type EventTimeline, timelinesOfEvent } from '../../language/records/event-timelines.ts';
import { type IdentityLink, type IdentityLinks, identityLinksOf } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { TimelineEntry } from '../../store/events/timeline-entries.ts';
import type { PlacedPatch } from '../../store/records/records.ts';

/** What an event writes, at the records of those to whom its contacts' ids belong. */
export function patchesOf(event: TimelineEvent, identities: IdentityLinks): PlacedPatch[] {
  const { at, receivedAt, arrival } = event;
  const place = placeOfEvent(event);
  return event.patches.flatMap((patch): PlacedPatch[] => {
    if (patch.type !== 'contact') return [{ patch, at, receivedAt, arrival }];
    return identities.ownerships(patch.id, place).map(({ id, via }) => ({
      patch: { ...patch, id },
      at,
      receivedAt,
      arrival,
      ...(id !== patch.id && { of: patch.id }),
      ...(via && { via: via.place }),
    }));
  });
}

/** Where an event belongs, and what its own claims move. */
export interface EventPlacement {
  /** With what the event claims. */
  identities: IdentityLinks;
  claims: IdentityLink[];
  /** Contacts on whose timelines its claims bring something, or from which they take it. */
  concerned: string[];
  stands: EventTimeline[];
  /** Everybody who must be locked before the event is consumed. */
  subjects: SubjectRef[];
  /** Places on timelines on which the event does not put itself. */
  entries: TimelineEntry[];
  patches: PlacedPatch[];
  /** Contacts' timelines are to be read anew: they become one, or the event lies before they did. */
  joins: boolean;
  /** Those of the subjects on whose timelines it stands that look at it as at any other. */
  apart: SubjectRef[];
}

/** @param named as `subjectsOf` gives them */
export function placeEvent(event: StoredEvent, named: readonly SubjectRef[], known: IdentityLinks): EventPlacement {
  const place = placeOfEvent(event);
  const claims = event.undoneBy ? [] : identityLinksOf(event);
  const identities = known.with(claims.filter((claim) => !known.isSettled(claim)));
  const concerned = identities === known ? [] : identities.concernedSince(known);
  const stands = timelinesOfEvent(named, place, identities);
  const own = stands.map(({ subject }) => subject);
  const others = concerned.filter((id) => !own.some((one) => one.type === 'contact' && one.id === id));
  const { arrival } = event;
  const itself = new Set(event.subjects.map(subjectKey));
  const entries: TimelineEntry[] = named
    .filter((subject) => !itself.has(subjectKey(subject)))
    .map((subject) => ({ subject, arrival }));
  for (const { subject, of, via } of stands)
    if (of !== undefined) entries.push({ subject, arrival, of, via: via?.place });
  const isBeforeMerge = ({ subject, via }: EventTimeline) =>
    subject.type === 'contact' &&
    (via !== undefined || identities.mergesInto(subject.id).some((merge) => comparePlaces(merge.place, place) > 0));
  const joins = concerned.length > 0 || stands.some(isBeforeMerge);
  return {
    identities,
    claims,
    concerned,
    stands,
    subjects: [...own, ...others.map((id) => ({ type: 'contact' as const, id }))],
    entries,
    patches: patchesOf(event, identities),
    joins,
    apart: own.filter(({ type }) => !joins || type !== 'contact'),
  };
}
