/** Events, and the order in which they take effect (semantics E1, E4). */
import type { Instant, Json, RecordType, SubjectRef, Traits } from '../model.ts';

export interface TimelineEvent {
  /** Order of arrival, unique in the store; in virtual time the line number. */
  arrival: number;
  /** Unique for its source; what evidence names. */
  messageId: string;
  name: string;
  at: Instant;
  receivedAt: Instant;
  properties: { [name: string]: Json };
  /** The subjects that the event itself names (E8), not those that records' traits name. */
  subjects: SubjectRef[];
  /** Trait writes that it carries: `identify`, `group`, `properties.ticket: {…}`; null removes. */
  patches: TraitPatch[];
  /** Set on Cuebook's own events (E9). */
  own?: boolean;
  /** Ids of contacts that an `identify` or an `alias` claims for the contact that it names (E6). */
  merges?: readonly string[];
}

export interface TraitPatch {
  type: RecordType;
  id: string;
  traits: Traits;
  /** No merge takes it along: it is written to the contact of this id alone (E10). */
  stays?: true;
}

/**
 * A place in the order of one subject's timeline (E4): at one instant events come first, then deadlines, then journeys.
 * What journeys write at an instant makes a further round of it (E9).
 */
export interface Place {
  at: Instant;
  round: number;
  phase: 'events' | 'deadlines' | 'journeys';
  /** Of the event, in phase `events`; 0 elsewhere. */
  receivedAt: Instant;
  arrival: number;
}

const PHASES = { events: 0, deadlines: 1, journeys: 2 } as const;

/** Negative when `a` is before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  return (
    a.at - b.at ||
    a.round - b.round ||
    PHASES[a.phase] - PHASES[b.phase] ||
    a.receivedAt - b.receivedAt ||
    a.arrival - b.arrival
  );
}

export function laterPlace(a: Place, b: Place): Place {
  return comparePlaces(a, b) < 0 ? b : a;
}

export function placeOfEvent(event: Pick<TimelineEvent, 'at' | 'receivedAt' | 'arrival'>): Place {
  return { at: event.at, round: 0, phase: 'events', receivedAt: event.receivedAt, arrival: event.arrival };
}

export function placeOfDeadline(at: Instant): Place {
  return { at, round: 0, phase: 'deadlines', receivedAt: 0, arrival: 0 };
}

/** Behind every event and deadline of an instant: where journeys read. */
export function placeOfJourney(at: Instant): Place {
  return { at, round: 0, phase: 'journeys', receivedAt: 0, arrival: 0 };
}

/** E4's order of two events. */
export function compareEvents(a: TimelineEvent, b: TimelineEvent): number {
  return a.at - b.at || a.receivedAt - b.receivedAt || a.arrival - b.arrival;
}
