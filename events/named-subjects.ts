/** The records that a call names, and what it writes into those that it carries (semantics E8). */

import { isJsonObject } from '../language/json.ts';
import { type Json, RECORD_TYPES, type RecordType } from '../language/model.ts';
import { idIn } from '../language/records/id-in.ts';
import { SUPPRESSION_TRAITS } from '../language/records/suppression.ts';
import type { TraitPatch } from '../language/records/timeline.ts';
import { type Call, type CallType, isAbsent, MAX_ID_BYTES } from './call-schema.ts';
import { type EventIds, subjectsOf } from './new-event.ts';
import { Refused } from './refusal.ts';

/** The member at the top level of a call that names a record; in `properties` it names all but the contact. */
const ID_MEMBERS = {
  contact: 'userId',
  account: 'accountId',
  deal: 'dealId',
  ticket: 'ticketId',
} as const satisfies { [type in RecordType]: keyof Call };

/** A call before its shape is checked. */
export type RawCall = { [member: string]: Json };

export interface NamingOptions {
  type: CallType;
  /** True where ids of accounts, deals and tickets may be at the top level of the call (E8). */
  history: boolean;
}

/**
 * @returns the ids, and a patch for each record that the event carries (`properties.ticket: {…}`) and that an id names.
 * @throws Refused when an event names two records of one kind.
 */
export function idsOf(call: Call, options: NamingOptions): { ids: EventIds; patches: TraitPatch[] } {
  const ids: EventIds = call.anonymousId === undefined ? {} : { anonymousId: call.anonymousId };
  for (const record of RECORD_TYPES) {
    const id = idOf(call, record, options);
    if (id !== undefined) ids[`${record}Id`] = id;
  }
  const groupId = membershipOf(call);
  if (ids.accountId === undefined && groupId !== undefined) ids.accountId = short(groupId, ['context', 'groupId']);
  return { ids, patches: carriedPatches(call, ids) };
}

/** A call, as it came, with the id of a record where it names none of its kind (V3). */
export function withUsualRecord(call: RawCall, { type, id }: { type: RecordType; id: string }): RawCall {
  if (namesRecord(call, type)) return call;
  return { ...call, [type === 'account' && call.type === 'group' ? 'groupId' : ID_MEMBERS[type]]: id };
}

function namesRecord(call: RawCall, record: RecordType): boolean {
  const others = { contact: call.anonymousId, account: call.type === 'group' ? call.groupId : membershipOf(call) };
  if (!isAbsent(call[ID_MEMBERS[record]]) || !isAbsent({ deal: null, ticket: null, ...others }[record])) return true;
  return inProperties(call.properties, record).some(({ id }) => id !== undefined);
}

interface IdPlace {
  path: string[];
  id: string | undefined;
}

/** The one id that the call gives a record of this kind, in whichever places. */
function idOf(call: Call, record: RecordType, { type, history }: NamingOptions): string | undefined {
  const member = ID_MEMBERS[record];
  const places: IdPlace[] = inProperties(call.properties, record);
  if (record === 'contact') places.unshift({ path: [member], id: call[member] });
  else if (history) places.push({ path: [member], id: call[member] });
  if (record === 'account' && type === 'group') places.unshift({ path: ['groupId'], id: call.groupId });
  const [first, ...others] = places.filter((place) => place.id !== undefined);
  const other = others.find((place) => place.id !== first?.id);
  if (first !== undefined && other !== undefined) {
    const came = `${first.path.join('.')} is "${first.id}", ${other.path.join('.')} is "${other.id}"`;
    throw new Refused('conflicting_ids', other.path, `An event names one ${record}: ${came}. Send one of the two.`);
  }
  return first?.id === undefined ? undefined : short(first.id, first.path);
}

function inProperties(properties: Json | undefined, record: RecordType): IdPlace[] {
  if (!isJsonObject(properties)) return [];
  const carried = properties[record];
  const inside = { path: ['properties', record, 'id'], id: isJsonObject(carried) ? idIn(carried.id) : undefined };
  if (record === 'contact') return [inside];
  const member = ID_MEMBERS[record];
  return [{ path: ['properties', member], id: idIn(properties[member]) }, inside];
}

function carriedPatches(call: Call, ids: EventIds): TraitPatch[] {
  const { properties } = call;
  if (properties === undefined) return [];
  const subjects = subjectsOf(ids);
  return RECORD_TYPES.flatMap((type): TraitPatch[] => {
    const carried = properties[type];
    const subject = subjects.find((one) => one.type === type);
    if (subject === undefined || !isJsonObject(carried)) return [];
    const { id: _, ...traits } = carried;
    return [{ type, id: subject.id, traits }];
  });
}

/** Traits by which records are looked up: in indexes, as ids are. */
const INDEXED = ['email', 'contactId', 'accountId'] as const;

/** @throws Refused where a trait is longer than an index takes, or is not for data to write. */
export function checkPatches(patches: readonly TraitPatch[]): void {
  for (const { type, traits } of patches) {
    const reserved = type === 'contact' && SUPPRESSION_TRAITS.find((name) => traits[name] !== undefined);
    if (reserved) {
      const how = 'email.unsubscribed, email.resubscribed, email.bounced and email.complained';
      throw new Refused(
        'reserved_trait',
        ['traits', reserved],
        `What stops mails to a contact is no trait: send ${how}.`,
      );
    }
    for (const name of INDEXED) {
      const value = traits[name];
      if (typeof value !== 'string' || Buffer.byteLength(value) <= MAX_ID_BYTES) continue;
      throw new Refused(
        'invalid_field',
        ['traits', name],
        `${name} of the ${type}: at most ${MAX_ID_BYTES} bytes are allowed.`,
      );
    }
  }
}

/** The account of which the visitor was a member at the time. */
function membershipOf({ context }: { [member: string]: unknown }): string | undefined {
  return isJsonObject(context) ? idIn(context.groupId) : undefined;
}

/** Ids are in indexes. */
function short(id: string, path: readonly string[]): string {
  if (Buffer.byteLength(id) <= MAX_ID_BYTES) return id;
  throw new Refused('invalid_field', path, `At most ${MAX_ID_BYTES} bytes are allowed.`);
}
