/** Colleagues, by what `notify` and `escalate` name (W1). */
import type { Json } from '../language/model.ts';
import type { Addressee } from '../language/records/people.ts';
import { addressIn } from '../language/template/mail/address.ts';
import type { Facts, Recipient } from './step.ts';

export interface Recipients {
  recipients: Recipient[];
  /** As `expect` names them, of those who can be written to: persons by id, `channel:<name>`. */
  names: string[];
  /** By reference, what it led to where that is not the person who was meant; by name, who has no address. */
  evaluated: { [ref: string]: Json };
  /** Why nobody is told: nobody is there, or has an address that can be written to. `names` has who was meant. */
  refused?: 'no_recipient' | 'no_address';
}

/** Who is meant twice gets one message; who has no address gets none, which the decision says. */
export function recipientsOf(refs: readonly string[], facts: Facts): Recipients {
  const meant = new Map<string, Addressee>();
  const evaluated: Recipients['evaluated'] = {};
  for (const ref of refs) {
    const addressee = facts.addressee(ref);
    const detour = detourOf(addressee);
    if (detour !== undefined) evaluated[ref] = detour;
    const name = nameOf(addressee);
    if (name !== undefined && !meant.has(name)) meant.set(name, addressee);
  }
  const reached = [...meant].filter(([name, addressee]) => {
    const isReached = addressIn(addressOf(addressee)) !== undefined;
    if (!isReached) evaluated[name] = 'no_address';
    return isReached;
  });
  const recipients = [...meant.values()].map(recipientOf);
  if (reached.length > 0) return { recipients, names: reached.map(([name]) => name), evaluated };
  return { recipients, names: [...meant.keys()], evaluated, refused: meant.size > 0 ? 'no_address' : 'no_recipient' };
}

function addressOf(addressee: Addressee): string | undefined {
  if (addressee.kind === 'person') return addressee.person.email;
  return addressee.kind === 'nobody' ? undefined : addressee.address;
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
