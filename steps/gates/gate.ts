/** What may hold a message to a customer back (section 5). Pure: facts in, decision out. */
import type { Instant, Json, Traits } from '../../language/model.ts';
import type { Facts, OutgoingMessage } from '../step.ts';

export interface Candidate {
  contactId: string;
  traits: Traits;
  channel: string;
  messageClass: OutgoingMessage['messageClass'];
  topic?: string;
  usefulForMs?: number;
}

export type GateDecision =
  | { pass: true }
  | { pass: false; refused: string; evaluated: Json }
  | { pass: false; holdUntil: Instant; reason: string; evaluated: Json }
  | { pass: false; exit: string; evaluated: Json };

/**
 * What gates read; entry passes some of them before there is a journey (N1). Lengths of time are measured at the journey's
 * instant `at` (S0), as in virtual time; what the recipient's clock shows is asked at the real one, `now`.
 */
export type GateView = Pick<Facts, 'gates' | 'settings' | 'version' | 'at' | 'now' | 'beganAt'>;
export type Gate = (candidate: Candidate, view: GateView) => GateDecision;

export const PASS: GateDecision = { pass: true };
