/** What stands between a message and a customer (section 5), in its order. Pure: facts in, verdict out. */
import type { Instant, Json, Traits } from '../../language/model.ts';
import type { Facts, Outgoing } from '../step.ts';

export interface Candidate {
  contactId: string;
  traits: Traits;
  channel: string;
  messageClass: Outgoing['messageClass'];
  topic?: string;
}

export type GateDecision =
  | { pass: true }
  | { pass: false; refused: string; looked: Json }
  | { pass: false; holdUntil: Instant; reason: string; looked: Json }
  | { pass: false; exit: string; looked: Json };

/** What gates look at; entry asks some of them before there is a journey (N1). */
export type GateView = Pick<Facts, 'gates' | 'settings' | 'version' | 'now' | 'beganAt'>;
export type Gate = (candidate: Candidate, view: GateView) => GateDecision;

export const PASS: GateDecision = { pass: true };
