/**
 * Merges of one round whose events are consumed, and that are not carried out yet: those that concern a contact in common are
 * one, so that many of one contact cost little more than one (E6).
 */
import type { SubjectRef } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import { compareEvents, laterPlace, type Place } from '../../language/records/timeline.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { LateEvent } from '../late/late-events.ts';
import type { EventPlacement } from '../round/event-placement.ts';

export interface PendingMerge {
  /** To whom ids belonged before them. */
  before: IdentityLinks;
  /** Contacts whose timelines are concerned, those that are merged away too; all are locked. */
  owners: Set<string>;
  /** Ids of which something belongs elsewhere by what the events claim. */
  changed: Set<string>;
  /** That claim ids, or lie before a merge, or are late on one of the timelines; at least one, in E4's order. */
  events: LateEvent[];
  /** Another account may be the contacts' after it: to whose timelines what names them belongs is not known before the merge. */
  namesOthers: boolean;
}

type KnownBefore = Pick<PendingMerge, 'before' | 'namesOthers'>;

export class PendingMerges {
  readonly #byContact = new Map<string, PendingMerge>();

  has(contact: string): boolean {
    return this.#byContact.has(contact);
  }

  /**
   * Up to where a subject's timeline has been read; of a contact that waits for a merge, where any that becomes one with it has.
   *
   * @param headOf of one subject alone
   */
  headOf(subject: SubjectRef, headOf: (subject: SubjectRef) => Place | undefined): Place | undefined {
    const merge = subject.type === 'contact' ? this.#byContact.get(subject.id) : undefined;
    if (!merge) return headOf(subject);
    const heads = [...merge.owners].flatMap((id) => headOf({ type: 'contact', id }) ?? []);
    return heads.length === 0 ? undefined : heads.reduce(laterPlace);
  }

  /** Those whose contacts' records name others. */
  namingOthers(contacts: readonly string[]): string[] {
    return contacts.filter((id) => this.#byContact.get(id)?.namesOthers);
  }

  /** @param known to whom ids belonged before the event */
  add({ subjects, difference }: EventPlacement, event: LateEvent, known: KnownBefore): void {
    const contacts = subjects.flatMap(({ type, id }) => (type === 'contact' ? [id] : []));
    const found = [...new Set(contacts.flatMap((id) => this.#byContact.get(id) ?? []))];
    // Into the largest, so that none is moved often.
    found.sort((a, b) => b.owners.size - a.owners.size);
    const fresh: PendingMerge = { ...known, owners: new Set(), changed: new Set(), events: [] };
    const [merge = fresh, ...others] = found;
    merge.namesOthers ||= known.namesOthers;
    // Views of one history: that before the first event of all.
    merge.before = found.reduce((first, one) => (isFirst(one, first) ? one : first), merge).before;
    for (const other of others) this.#join(merge, other);
    for (const id of contacts) this.#own(merge, id);
    for (const id of difference.changed) merge.changed.add(id);
    merge.events.push(event);
    if (others.length > 0) merge.events.sort((a, b) => compareEvents(a.event, b.event));
  }

  #join(merge: PendingMerge, other: PendingMerge): void {
    for (const id of other.owners) this.#own(merge, id);
    for (const id of other.changed) merge.changed.add(id);
    merge.events.push(...other.events);
    merge.namesOthers ||= other.namesOthers;
  }

  #own(merge: PendingMerge, id: string): void {
    merge.owners.add(id);
    this.#byContact.set(id, merge);
  }

  /** Those that concern some contacts, without any all, in the order of their first events; they are then carried out. */
  take(contacts: Iterable<string> = this.#byContact.keys()): PendingMerge[] {
    const taken = new Set<PendingMerge>();
    for (const id of contacts) {
      const merge = this.#byContact.get(id);
      if (merge) taken.add(merge);
    }
    for (const { owners } of taken) for (const id of owners) this.#byContact.delete(id);
    return [...taken].sort((a, b) => compareEvents(a.events[0]!.event, b.events[0]!.event));
  }
}

/** A contact's late events that claim nothing, where what was before its merges is to be read with them. */
export function replayOf({ id }: SubjectRef, events: LateEvent[], identities: IdentityLinks): PendingMerge {
  return { before: identities, owners: new Set([id]), changed: new Set(), events, namesOthers: false };
}

function isFirst(a: PendingMerge, b: PendingMerge): boolean {
  return compareEvents(a.events[0]!.event, b.events[0]!.event) < 0;
}

/** The last of a merge's events, in E4's order: what it decides is decided by that one. */
export function latestOf(events: readonly LateEvent[]): StoredEvent {
  return events.at(-1)!.event;
}
