/**
 * What records named at the places of late events (E8): such an event stands on the timelines of the contact and the account
 * that the record named then, whomever it names by now.
 */

import { timelineSubjects } from '../../events/timeline-subjects.ts';
import type { RecordType, SubjectRef, Traits } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { isRecord } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { RELATION_TRAITS, type RelationThen, readRelationsThen } from '../../store/records/relations.ts';

type Then = Omit<RelationThen, 'arrival'>;

export class RelationHistory {
  /** By the event's arrival and the record: relations that have been written behind the event's place. */
  readonly #then = new Map<number, Map<string, Then[]>>();
  readonly #events: readonly TimelineEvent[];

  private constructor(events: readonly TimelineEvent[], found: readonly RelationThen[]) {
    this.#events = events;
    for (const { arrival, ...then } of found) {
      const records = this.#then.get(arrival) ?? new Map<string, Then[]>();
      records.set(subjectKey(then), [...(records.get(subjectKey(then)) ?? []), then]);
      this.#then.set(arrival, records);
    }
  }

  /** @param events of one batch, in E4's order */
  static async of(client: Queryable, events: readonly TimelineEvent[]): Promise<RelationHistory> {
    const wanted = events.flatMap((event) => {
      const { at, receivedAt, arrival } = event;
      // An account names nobody.
      const records = event.subjects.filter(isRecord).filter(({ type }) => type !== 'account');
      return records.map(({ type, id }) => ({ type, id, at, receivedAt, arrival }));
    });
    return new RelationHistory(events, await readRelationsThen(client, wanted));
  }

  /** The subjects on whose timelines an event stands, by the records' traits as they are, but for what they named then. */
  subjectsOf(event: TimelineEvent, traitsOf: (type: RecordType, id: string) => Traits | undefined): SubjectRef[] {
    const then = this.#then.get(event.arrival);
    if (!then) return timelineSubjects(event, traitsOf);
    return timelineSubjects(event, (type, id) => {
      const traits: Traits = { ...traitsOf(type, id) };
      for (const { trait, value } of then.get(subjectKey({ type, id })) ?? []) traits[trait] = value;
      return traits;
    });
  }

  /** An event of the batch has been consumed: what it says of relations holds for the later ones, up to the next write. */
  consumed(event: TimelineEvent): void {
    if (this.#then.size === 0) return;
    const place = placeOfEvent(event);
    for (const { type, id, traits } of event.patches) {
      for (const trait of RELATION_TRAITS) {
        const value = traits[trait];
        if (value !== undefined) this.#write({ type, id, trait, value, place });
      }
    }
  }

  #write({ type, id, trait, value, place }: Omit<Then, 'place'> & { place: Place }): void {
    for (const later of this.#events) {
      const known = this.#then.get(later.arrival)?.get(subjectKey({ type, id }));
      const then = known?.find((one) => one.trait === trait);
      if (!then || comparePlaces(place, placeOfEvent(later)) > 0) continue;
      if (then.place && comparePlaces(then.place, place) > 0) continue;
      then.value = value;
      then.place = place;
    }
  }
}
