/** Which events of a round are put apart, to be worked off beside the rest (architecture, decision 2). */
import type { SubjectRef } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import { lockSubjects, makeSubjects, type SubjectRow } from '../../store/evaluation/subjects.ts';
import { apartAmong, unclaimedUpTo } from '../../store/events/pending-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { together } from '../../store/postgres/together.ts';
import { CHECKPOINT_EVERY } from '../../triggers/history/checkpoints.ts';
import { isLate } from '../../triggers/history/replay.ts';
import type { EventPlacement } from './event-placement.ts';
import type { ClaimedWork } from './load-batch.ts';

/** For so long a round that is everybody's waits for subjects that another transaction holds. */
const PATIENCE_MS = 200;
/** Later than any event. */
const END_OF_TIME = Date.UTC(9999, 0);

export interface PlacedEvent {
  event: StoredEvent;
  placement: EventPlacement;
}

/** A subject with more events is walked again apart: up to two checkpoints' distance a walk is short for certain. */
const MOST_WALKED_TOGETHER = 2 * CHECKPOINT_EVERY;

/** Contacts of which more events of a round ask for merges become one apart. */
const MOST_MERGES_TOGETHER = 16;

/** What a round has placed, and to whom the contacts' ids belong with all that its events claim. */
export interface Placed {
  places: readonly PlacedEvent[];
  identities: IdentityLinks;
}

export interface LockOptions {
  /** Whether events are put apart; a round that puts none apart waits for the subjects of its events. */
  putsApart?: boolean;
  /** Whether some wait apart already. */
  hasApart?: boolean;
  /** A round before this one has waited for subjects in vain: events of those that another transaction holds are put apart. */
  skipsLocked?: boolean;
  /** Outside of the round's transaction, which may go on for long: rows that it makes would hold up who makes them, too. */
  aside?: Queryable | undefined;
}

/** What a round has locked, and what was read under the locks. */
export interface LockedWork<R> {
  locked: Map<string, SubjectRow>;
  /** The events that are put apart, by their arrivals, with the key of the subject. */
  apart: Map<number, string>;
  read: R;
}

/**
 * Locks what a round works on: the subjects of its events, and those whose deadlines are due that nobody else holds.
 *
 * @param readOf asks, when it is called, for all that is needed of some events and subjects: it goes out with the locks, and is
 *   answered under them. Called again in the few rounds in which something is put apart only when it is locked.
 */
export async function lockPlaced<R>(
  client: Queryable,
  work: ClaimedWork,
  { places, identities, ...options }: Placed & LockOptions,
  readOf: (events: readonly StoredEvent[], subjects: readonly SubjectRef[]) => Promise<R>,
): Promise<LockedWork<R>> {
  const { putsApart = false, hasApart = false, skipsLocked = false, aside } = options;
  const keyOf = apartKeys(identities);
  const apart = putsApart ? await apartBeforeLocks(client, places, { keyOf, hasApart }) : new Map<number, string>();
  const rest = places.filter(({ event }) => !apart.has(event.arrival));
  const ofEvents = new Map(
    rest.flatMap(({ placement }) => placement.subjects.map((subject) => [subjectKey(subject), subject])),
  );
  const wanted = [...ofEvents.values()];
  if (aside && wanted.length > 0) await makeSubjects(aside, wanted);
  const others = work.due.filter((subject) => !ofEvents.has(subjectKey(subject)));
  const patience = putsApart && !skipsLocked ? { patienceMs: PATIENCE_MS } : { skipLocked: skipsLocked };
  const [rows, due, read] = await together([
    lockSubjects(client, wanted, patience),
    lockSubjects(client, others, { skipLocked: true }),
    readOf(
      rest.map(({ event }) => event),
      [...wanted, ...others],
    ),
  ]);
  const locked = new Map([...rows, ...due].map((row) => [subjectKey(row.subject), row]));
  const isMeant = putsApart ? await costly(client, work, rest, locked) : () => false;
  const found = firstOf(rest, isMeant, keyOf);
  if (found.size === 0) return { locked, apart, read };
  for (const [arrival, key] of found) apart.set(arrival, key);
  const kept = rest.filter(({ event }) => !apart.has(event.arrival));
  const needed = new Set([...kept.flatMap(({ placement }) => placement.subjects), ...work.due].map(subjectKey));
  for (const key of locked.keys()) if (!needed.has(key)) locked.delete(key);
  const again = await readOf(
    kept.map(({ event }) => event),
    [...locked.values()].map(({ subject }) => subject),
  );
  return { locked, apart, read: again };
}

/**
 * With which key the events of a subject wait apart: contacts that claims connect have one, that of whoever owns the first of
 * their ids, whom most of what comes later names as well. Under several, later claims would be consumed before earlier ones, and
 * each of those would be late.
 */
function apartKeys(identities: IdentityLinks): (key: string) => string {
  return (key) => {
    const { type, id } = subjectOfKey(key);
    return type === 'contact' ? subjectKey({ type, id: identities.ownerOf(identities.firstLinked(id)) }) : key;
  };
}

/**
 * Events of subjects of which some wait apart already go with those; and those of contacts that many merges of the round make one
 * go together. No lock is waited for.
 */
async function apartBeforeLocks(
  client: Queryable,
  places: readonly PlacedEvent[],
  { keyOf, hasApart }: { keyOf(key: string): string; hasApart: boolean },
): Promise<Map<number, string>> {
  const keys = new Set(places.flatMap(({ placement }) => placement.subjects.map(subjectKey)));
  // By the key with which a subject's events would wait, the one with which some wait already.
  const waiting = new Map<string, string>();
  const asked = hasApart ? [...new Set([...keys].flatMap((one) => [one, keyOf(one)]))] : [];
  for (const key of await apartAmong(client, asked)) waiting.set(keyOf(key), key);
  const many = crowded(places, keyOf);
  if (waiting.size + many.size === 0) return new Map();
  const isMeant = (key: string) => waiting.has(keyOf(key)) || many.has(key);
  return firstOf(places, isMeant, (key) => waiting.get(keyOf(key)) ?? keyOf(key));
}

/**
 * Whether events of a subject are put apart: that another transaction holds, or whose late events, or merges, would walk a long
 * timeline; whose late events are more than were claimed: together they are one walk (E5).
 */
async function costly(
  client: Queryable,
  { claimed, limits }: ClaimedWork,
  places: readonly PlacedEvent[],
  locked: ReadonlyMap<string, SubjectRow>,
): Promise<(key: string) => boolean> {
  const walked = new Map<string, SubjectRef>();
  const heavy = new Set<string>();
  for (const { event, placement } of places) {
    for (const subject of placement.subjects) {
      const key = subjectKey(subject);
      const row = locked.get(key);
      const isMerged = placement.isMerge && subject.type === 'contact';
      if (!row || !(isMerged || isLate(placeOfEvent(event), row.head))) continue;
      walked.set(key, subject);
      if (row.consumed > MOST_WALKED_TOGETHER) heavy.add(key);
    }
  }
  if (claimed.length >= limits.events && limits.events > 1 && walked.size > 0) {
    const more = await unclaimedUpTo(client, [...walked.values()], END_OF_TIME, claimed);
    for (const key of more.keys()) heavy.add(key);
  }
  return (key) => heavy.has(key) || !locked.has(key);
}

/** The keys of contacts that claims connect, and many of a round's events together make one. */
function crowded(places: readonly PlacedEvent[], keyOf: (key: string) => string): Set<string> {
  const merges = new Map<string, number>();
  const contactsOf = ({ placement }: PlacedEvent) =>
    placement.subjects.flatMap((subject) => (subject.type === 'contact' ? [subjectKey(subject)] : []));
  for (const place of places) {
    const [contact] = place.placement.isMerge ? contactsOf(place) : [];
    if (contact !== undefined) merges.set(keyOf(contact), (merges.get(keyOf(contact)) ?? 0) + 1);
  }
  const isCrowded = (key: string) => (merges.get(keyOf(key)) ?? 0) > MOST_MERGES_TOGETHER;
  return new Set(places.flatMap(contactsOf).filter(isCrowded));
}

/** The events that have a subject that is meant, each with the key with which that one's wait apart. */
function firstOf(
  places: readonly PlacedEvent[],
  isMeant: (key: string) => boolean,
  keyOf: (key: string) => string,
): Map<number, string> {
  const apart = new Map<number, string>();
  for (const { event, placement } of places) {
    const key = placement.subjects.map(subjectKey).find(isMeant);
    if (key !== undefined) apart.set(event.arrival, keyOf(key));
  }
  return apart;
}
