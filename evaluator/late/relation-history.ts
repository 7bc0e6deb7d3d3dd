/**
 * Whose timelines a batch's events are on by what records named at their places (E8): a late event is on those of the contact
 * and the account that the record named then, whatever it names by now. A contact's id is that of the contact who owned it at
 * the place (E6): what is read and locked before the events are consumed, and what they are consumed for, is told alike.
 */

import { timelineSubjects } from '../../events/timeline-subjects.ts';
import type { RecordType, SubjectRef, Traits } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import { isRecord } from '../../language/records/world.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import type { RecordRef } from '../../store/records/records.ts';
import {
  RELATION_TRAITS,
  type RelationThen,
  readRelationsThen,
  type WantedRelation,
} from '../../store/records/relations.ts';

type Then = Omit<RelationThen, 'arrival'>;

export class RelationHistory {
  /** By the event's arrival and the record: relations that have been written after the event's place. */
  readonly #then = new Map<number, Map<string, Then[]>>();
  readonly #events: readonly TimelineEvent[];
  readonly #identities: IdentityLinks;

  private constructor(events: readonly TimelineEvent[], identities: IdentityLinks, found: readonly RelationThen[]) {
    this.#events = events;
    this.#identities = identities;
    for (const { arrival, ...then } of found) {
      const records = this.#then.get(arrival) ?? new Map<string, Then[]>();
      records.set(subjectKey(then), [...(records.get(subjectKey(then)) ?? []), then]);
      this.#then.set(arrival, records);
    }
  }

  /**
   * @param events of one batch, in E4's order
   * @param identities with what the events themselves claim
   * @param known what was found already for the same relations
   */
  static async of(
    client: Queryable,
    events: readonly TimelineEvent[],
    identities: IdentityLinks,
    known?: readonly RelationThen[],
  ): Promise<RelationHistory> {
    const found = known ?? (await readRelationsThen(client, RelationHistory.wanted(events, identities)));
    return new RelationHistory(events, identities, found);
  }

  /** The relations that tell on whose timelines events are. */
  static wanted(events: readonly TimelineEvent[], identities: IdentityLinks): WantedRelation[] {
    return events.flatMap((event) => {
      const { at, receivedAt, arrival } = event;
      // An account names no other record.
      const records = event.subjects.filter(isRecord).filter(({ type }) => type !== 'account');
      return records.map((named) => {
        const owner = ownerOf(named, placeOfEvent(event), identities);
        const isMerged = owner.type === 'contact' && identities.endOf(owner.id) !== undefined;
        return { ...owner, at, receivedAt, arrival, isMerged };
      });
    });
  }

  /** The subjects whose timelines an event is on, by the records' traits as they are, but for what they named then. */
  subjectsOf(event: TimelineEvent, traitsOf: (type: RecordType, id: string) => Traits | undefined): SubjectRef[] {
    const then = this.#then.get(event.arrival);
    const place = placeOfEvent(event);
    return timelineSubjects(event, (type, id) => {
      const owner = ownerOf({ type, id }, place, this.#identities);
      const past = then?.get(subjectKey(owner));
      if (!past) return traitsOf(owner.type, owner.id);
      const traits: Traits = { ...traitsOf(owner.type, owner.id) };
      for (const { trait, value } of past) traits[trait] = value;
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
        if (value !== undefined)
          this.#write({ ...ownerOf({ type, id }, place, this.#identities), trait, value, place });
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

/** The record that an id means at a place: that of the contact who owns it there. */
export function ownerOf({ type, id }: RecordRef, place: Place, identities: IdentityLinks): RecordRef {
  return type === 'contact' ? { type, id: identities.ownerAt(id, place) } : { type, id };
}
