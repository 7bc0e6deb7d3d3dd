/** What the core may read of the world around a subject: plain data that a shell has fetched. Nothing here waits. */

import type { Json, People, RecordType, SubjectRef, Traits } from '../model.ts';
import { idIn } from './id-in.ts';
import type { RecordSet } from './lists/overviews.ts';
import type { RelatedList } from './relations.ts';
import type { Place } from './timeline.ts';

export interface World {
  /** A record's own traits as they are at a place of its timeline (T0); undefined where there is no such record. */
  traits(type: RecordType, id: string, place: Place): Traits | undefined;
  /** A computed trait (T14) at a place. */
  computed(type: RecordType, id: string, trait: string, place: Place): Json | undefined;
  /** Whether a computed trait of that name exists for the type. */
  isComputed(type: RecordType, trait: string): boolean;
  /**
   * The records that name another one at a place (E8), by id; undefined where there are more than are read. A world without
   * it has no lists.
   */
  related?(list: RelatedList, id: string, place: Place): Traits[] | undefined;
  /**
   * The ids of the records of a set at a place (W3), in their order, visitors that nobody knows left out; undefined where
   * there are more than are read. A world without it has no overviews.
   */
  recordsOf?(set: RecordSet, place: Place): string[] | undefined;
  /** How many other contacts are likely the same person (W3); undefined where too many are to be compared. */
  duplicates?(contactId: string, place: Place): number | undefined;
  people: People;
}

/** The relations that a record's traits name (E8), with the record itself. */
export function relationsOf(
  type: RecordType,
  id: string,
  traits: Traits | undefined,
): { [root in RecordType]?: string } {
  const named: { [root in RecordType]?: string } = {};
  const contact = type === 'contact' ? undefined : idIn(traits?.contactId);
  if (contact !== undefined) named.contact = contact;
  const account = type === 'account' ? undefined : idIn(traits?.accountId);
  if (account !== undefined) named.account = account;
  named[type] = id;
  return named;
}

export function isRecord(subject: SubjectRef): subject is SubjectRef & { type: RecordType } {
  return (
    subject.type === 'contact' || subject.type === 'account' || subject.type === 'deal' || subject.type === 'ticket'
  );
}
