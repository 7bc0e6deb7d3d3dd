/** Colleagues, by what `notify` and `escalate` name (W1). */
import type { Json } from '../language/model.ts';
import type { Addressee } from '../language/records/people.ts';
import type { Facts, Recipient } from './step.ts';

export interface Recipients {
  recipients: Recipient[];
  /** As `expect` names them: persons by id, `channel:<name>`. */
  names: string[];
  /** By reference, what it led to where that is not the person who was meant. */
  evaluated: { [ref: string]: Json };
}

/** Who is meant twice gets one message. */
export function recipientsOf(refs: readonly string[], facts: Facts): Recipients {
  const found: Recipients = { recipients: [], names: [], evaluated: {} };
  for (const ref of refs) {
    const addressee = facts.addressee(ref);
    const detour = detourOf(addressee);
    if (detour !== undefined) found.evaluated[ref] = detour;
    const name = nameOf(addressee);
    if (name === undefined || found.names.includes(name)) continue;
    found.names.push(name);
    found.recipients.push(recipientOf(addressee));
  }
  return found;
}

/** A person by id; the owner's address where no person is found; a channel has no name as a person. */
export function assigneeOf(addressee: Addressee): string | undefined {
  return addressee.kind === 'channel' ? undefined : nameOf(addressee);
}

/** How a reference came to someone else than it names: `fallback`, `owner`, `nobody`, and who was away (W1, V5). */
export function detourOf(addressee: Addressee): Json | undefined {
  const { kind, passedOver } = addressee;
  const via = kind === 'person' ? addressee.via : kind === 'channel' ? undefined : kind;
  return passedOver === undefined ? via : { ...(via !== undefined && { via }), passed_over: passedOver };
}

function nameOf(addressee: Addressee): string | undefined {
  switch (addressee.kind) {
    case 'person':
      return addressee.person.id;
    case 'channel':
      return `channel:${addressee.name}`;
    case 'owner':
      return addressee.address;
    case 'nobody':
      return undefined;
  }
}

export function recipientOf(addressee: Addressee): Recipient {
  switch (addressee.kind) {
    case 'person':
      return { person: addressee.person.id };
    case 'channel':
      return { channel: addressee.name, address: addressee.address };
    case 'owner':
      return { address: addressee.address };
    case 'nobody':
      return {};
  }
}
