/** Colleagues, by what `notify` and `escalate` name (W1). */
import type { Json } from '../language/model.ts';
import type { Facts, Recipient } from './step.ts';

export interface Recipients {
  recipients: Recipient[];
  /** As `expect` names them: persons by id, `channel:<name>`. */
  names: string[];
  /** By reference, what it led to where that is no person. */
  evaluated: Json;
}

export function recipientsOf(refs: readonly string[], facts: Facts): Recipients {
  const found: Recipients = { recipients: [], names: [], evaluated: {} };
  const via: { [ref: string]: Json } = {};
  for (const ref of refs) {
    const addressee = facts.addressee(ref);
    if (addressee.kind === 'nobody') via[ref] = 'nobody';
    else if (addressee.kind === 'person') {
      found.recipients.push({ person: addressee.person.id });
      found.names.push(addressee.person.id);
      if (addressee.via) via[ref] = addressee.via;
    } else if (addressee.kind === 'channel') {
      found.recipients.push({ channel: addressee.name, address: addressee.address });
      found.names.push(`channel:${addressee.name}`);
    } else {
      found.recipients.push({ address: addressee.address });
      found.names.push(addressee.address);
      via[ref] = 'owner';
    }
  }
  found.evaluated = via;
  return found;
}
