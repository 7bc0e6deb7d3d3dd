/** On which timelines an event stands once claims are heeded (E6, E8), and which records its patches write. */

import type { SubjectRef } from '../../language/model.ts';
import { type Claim, claimsOf, type Identities } from '../../language/records/identity-links.ts';
import { comparePlaces, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { TimelineEntry } from '../../store/events/timeline-entries.ts';
import type { PlacedPatch } from '../../store/records/records.ts';
import { type Stand, standsOf } from '../../triggers/engine/event-timelines.ts';

/** What an event writes, at the records of those to whom its contacts' ids belong. */
export function patchesOf(event: TimelineEvent, identities: Identities): PlacedPatch[] {
  const { at, receivedAt, arrival } = event;
  const place = placeOfEvent(event);
  return event.patches.flatMap((patch): PlacedPatch[] => {
    if (patch.type !== 'contact') return [{ patch, at, receivedAt, arrival }];
    return identities.standings(patch.id, place).map(({ id, via }) => ({
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
export interface Whereabouts {
  /** With what the event claims. */
  identities: Identities;
  claims: Claim[];
  /** Contacts on whose timelines its claims bring something, or from which they take it. */
  concerned: string[];
  stands: Stand[];
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
export function whereaboutsOf(event: StoredEvent, named: readonly SubjectRef[], known: Identities): Whereabouts {
  const place = placeOfEvent(event);
  const claims = event.undoneBy ? [] : claimsOf(event);
  const identities = known.with(claims.filter((claim) => !known.isSettled(claim)));
  const concerned = identities === known ? [] : identities.concernedSince(known);
  const stands = standsOf(named, place, identities);
  const own = stands.map(({ subject }) => subject);
  const others = concerned.filter((id) => !own.some((one) => one.type === 'contact' && one.id === id));
  const { arrival } = event;
  const itself = new Set(event.subjects.map(({ type, id }) => `${type}/${id}`));
  const entries: TimelineEntry[] = named
    .filter(({ type, id }) => !itself.has(`${type}/${id}`))
    .map((subject) => ({ subject, arrival }));
  for (const { subject, of, via } of stands)
    if (of !== undefined) entries.push({ subject, arrival, of, via: via?.place });
  const isBeforeMerge = ({ subject, via }: Stand) =>
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
