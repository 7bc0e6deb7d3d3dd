/** Which events of a round are put apart, to be worked off beside the rest (architecture, decision 2). */
import type { SubjectRef } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import { lockSubjects, lockSubjectsWithin, type SubjectRow } from '../../store/evaluation/subjects.ts';
import { apartAmong, unclaimedUpTo } from '../../store/events/pending-events.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
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

/**
 * Locks what a round works on: the subjects of its events, and those whose deadlines are due that nobody else holds.
 *
 * @param putsApart whether events are put apart; a round that puts none apart waits for the subjects of its events
 * @returns the events that are put apart, by their arrivals, with the key of the subject
 */
export async function lockPlaced(
  client: Queryable,
  work: ClaimedWork,
  places: readonly PlacedEvent[],
  putsApart: boolean,
): Promise<{ locked: Map<string, SubjectRow>; apart: Map<number, string> }> {
  const apart = putsApart ? await waitingApart(client, places) : new Map<number, string>();
  const rest = places.filter(({ event }) => !apart.has(event.arrival));
  const wanted = rest.flatMap(({ placement }) => placement.subjects);
  const rows = putsApart ? await lockSubjectsWithin(client, wanted, PATIENCE_MS) : await lockSubjects(client, wanted);
  const locked = new Map(rows.map((row) => [subjectKey(row.subject), row]));
  if (putsApart) for (const [arrival, key] of await costly(client, work, rest, locked)) apart.set(arrival, key);
  const others = work.due.filter((subject) => !locked.has(subjectKey(subject)));
  for (const row of await lockSubjects(client, others, { skipLocked: true })) locked.set(subjectKey(row.subject), row);
  return { locked, apart };
}

/** Events of subjects of which some wait apart already: they go with those, and their lock is not waited for. */
async function waitingApart(client: Queryable, places: readonly PlacedEvent[]): Promise<Map<number, string>> {
  const keys = new Set(places.flatMap(({ placement }) => placement.subjects.map(subjectKey)));
  const waiting = await apartAmong(client, [...keys]);
  return waiting.size === 0 ? new Map() : firstOf(places, (key) => waiting.has(key));
}

/**
 * Events of subjects that another transaction holds, or whose late events, or merges, would walk a long timeline; and of those
 * whose late events are more than were claimed: together they are one walk (E5).
 */
async function costly(
  client: Queryable,
  { claimed, limits }: ClaimedWork,
  places: readonly PlacedEvent[],
  locked: ReadonlyMap<string, SubjectRow>,
): Promise<Map<number, string>> {
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
  return firstOf(places, (key) => heavy.has(key) || !locked.has(key));
}

/** Each event by the first of its subjects that is meant. */
function firstOf(places: readonly PlacedEvent[], isMeant: (key: string) => boolean): Map<number, string> {
  const apart = new Map<number, string>();
  for (const { event, placement } of places) {
    const key = placement.subjects.map(subjectKey).find(isMeant);
    if (key !== undefined) apart.set(event.arrival, key);
  }
  return apart;
}
