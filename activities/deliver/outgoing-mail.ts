/** A message that is claimed: who gets it, and of what it is made. In memory only; mails are never stored. */

import type { Settings, Template } from '../../language/model.ts';
import type { Address } from '../../language/template/address.ts';
import type { Scope } from '../../language/text.ts';
import type { MessageRow } from '../../store/journeys/messages.ts';

export interface OutgoingMail {
  /** The message's row, as it is claimed. */
  row: MessageRow;
  to: Address;
  /** The reader's zone. */
  zone: string;
  content: { template: Template; scope: Scope } | { subject: string; text: string };
  sender: Settings['sender'];
}

/** Somebody who cannot be written to; recorded, and no reason to keep others waiting. */
export interface Unreachable {
  row: MessageRow;
  refused: 'no_address';
}
