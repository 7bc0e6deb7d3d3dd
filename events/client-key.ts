/**
 * What may be sent with a client key (semantics E10): one that stands in pages and apps, where anybody can read it. It speaks
 * for a visitor and for the contact that the visitor says to be, and for nobody else.
 */
import type { Traits } from '../language/model.ts';
import { ANONYMOUS_PREFIX } from '../language/records/identity-links.ts';
import type { TraitPatch } from '../language/records/timeline.ts';
import type { Call, CallType } from './call-schema.ts';
import type { EventIds } from './new-event.ts';
import { Refused } from './refusal.ts';

/** `server`: all that calls can say. */
export const KEY_SCOPES = ['client', 'server'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Where messages go to. */
export const ADDRESS_TRAITS = ['email', 'phone'] as const;

/** Names of Cuebook's own events (E9): what stands on them was seen by Cuebook, or by a server. */
const OWN_EVENTS = /^(?:(?:email|task|approval|sla|enrolment)\.|(?:contact|account|deal|ticket|colleague)\.updated$)/;

/** An `alias` can only say of a visitor who that is: two known contacts are not a client's to merge. */
export function asClientCall(call: Call, type: CallType): { call: Call; type: CallType } {
  if (type !== 'alias') return { call, type };
  const { traits: _, context: __, ...claim } = call;
  return { call: { ...claim, anonymousId: call.previousId }, type: 'identify' };
}

/** @throws Refused where the call says what only a server may say */
export function checkClientCall(call: Call, type: CallType, ids: EventIds): void {
  const refuse = (path: string[], what: string) => {
    throw new Refused('key_scope', path, `A client key ${what}; send this from your server, with a server key.`);
  };
  if (type === 'track' && OWN_EVENTS.test(call.event!)) refuse(['event'], 'tells no event of Cuebook’s own names');
  if (ids.ticketId !== undefined) refuse(['properties', 'ticketId'], 'speaks for no ticket');
  if (ids.dealId !== undefined) refuse(['properties', 'dealId'], 'speaks for no deal');
  for (const record of ['contact', 'account'] as const) {
    const carried = call.properties?.[record];
    if (typeof carried === 'object' && carried !== null && !Array.isArray(carried))
      refuse(['properties', record], `writes no ${record} that an event carries`);
  }
}

/**
 * Of an account a client says that its contact belongs to it, and no more. An address that a visitor gives is the visitor's:
 * were it taken along by a merge, anybody could give a contact an address.
 */
export function clientPatches(patches: readonly TraitPatch[]): TraitPatch[] {
  return patches.flatMap((patch): TraitPatch[] => {
    if (patch.type !== 'contact') return [];
    if (!patch.id.startsWith(ANONYMOUS_PREFIX)) return [patch];
    const { addresses, others } = withoutAddresses(patch.traits);
    if (Object.keys(addresses).length === 0) return [patch];
    return [
      { ...patch, traits: others },
      { ...patch, traits: addresses, stays: true },
    ];
  });
}

function withoutAddresses(traits: Traits): { addresses: Traits; others: Traits } {
  const isAddress = ([name]: [string, unknown]) => (ADDRESS_TRAITS as readonly string[]).includes(name);
  const all = Object.entries(traits);
  return {
    addresses: Object.fromEntries(all.filter(isAddress)),
    others: Object.fromEntries(all.filter((one) => !isAddress(one))),
  };
}
