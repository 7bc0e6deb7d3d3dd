/** Whom a call names, and what it writes into records that it carries (semantics E8). */
import { isJsonObject } from '../language/json.ts';
import type { Json, RecordType } from '../language/model.ts';
import type { TraitPatch } from '../language/records/timeline.ts';
import { type Call, type CallType, MAX_ID_BYTES } from './call-schema.ts';
import type { EventIds } from './new-event.ts';
import { Refused } from './refusal.ts';

/** Records that `properties` may carry: `properties.ticket: {…}`, beside `properties.ticketId`. */
const CARRIED = ['account', 'deal', 'ticket'] as const satisfies readonly RecordType[];
type Carried = (typeof CARRIED)[number];

/**
 * @param history whether ids of records may stand at the top level of the call.
 * @returns the ids, and a patch for each record that the event carries and that an id tells.
 * @throws Refused when an event names two records of one kind.
 */
export function idsOf(call: Call, type: CallType, history: boolean): { ids: EventIds; patches: TraitPatch[] } {
  const patches: TraitPatch[] = [];
  const named: { [record in Carried]?: string } = {};
  for (const record of CARRIED) {
    const id = idOf(call, record, history);
    if (id === undefined) continue;
    named[record] = id;
    const carried = call.properties?.[record];
    if (!isJsonObject(carried)) continue;
    const { id: _, ...traits } = carried;
    patches.push({ type: record, id, traits });
  }
  const account = type === 'group' ? call.groupId : (named.account ?? groupOf(call));
  return {
    ids: {
      ...(call.userId === undefined ? {} : { contactId: call.userId }),
      ...(call.anonymousId === undefined ? {} : { anonymousId: call.anonymousId }),
      ...(account === undefined ? {} : { accountId: account }),
      ...(named.deal === undefined ? {} : { dealId: named.deal }),
      ...(named.ticket === undefined ? {} : { ticketId: named.ticket }),
    },
    patches,
  };
}

/** The one id that the call gives a record of this kind, wherever it stands. */
function idOf(call: Call, record: Carried, history: boolean): string | undefined {
  const field = `${record}Id` as const;
  const carried = call.properties?.[record];
  const places: { path: string[]; id: string | undefined }[] = [
    { path: ['properties', field], id: textOf(call.properties?.[field]) },
    { path: ['properties', record, 'id'], id: isJsonObject(carried) ? textOf(carried.id) : undefined },
    { path: [field], id: history ? call[field] : undefined },
  ];
  const [first, ...others] = places.filter((place) => place.id !== undefined);
  const other = others.find((place) => place.id !== first?.id);
  if (first !== undefined && other !== undefined) {
    throw new Refused(
      'conflicting_ids',
      other.path,
      `An event names one ${record}: ${first.path.join('.')} is "${first.id}", ${other.path.join('.')} is "${other.id}".`,
    );
  }
  return short(first?.id, first?.path ?? []);
}

/** The account of which the visitor was a member at the time. */
function groupOf(call: Call): string | undefined {
  return short(textOf(call.context?.groupId), ['context', 'groupId']);
}

/** Ids stand in indexes. */
function short(id: string | undefined, path: readonly string[]): string | undefined {
  if (id === undefined || Buffer.byteLength(id) <= MAX_ID_BYTES) return id;
  throw new Refused('invalid_field', path, `At most ${MAX_ID_BYTES} bytes are allowed.`);
}

/** An id, written as a text or a number; anything else in its place is a property like others. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
