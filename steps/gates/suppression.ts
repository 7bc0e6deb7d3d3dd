/** P3: `unsubscribed` stops marketing only; bounced and complained stop marketing and transactional. */
import type { Traits } from '../../language/model.ts';
import { type Gate, PASS } from './gate.ts';

export type Suppression = 'unsubscribed' | 'bounced' | 'complained';

/** What stops messages to a contact; any other value of the trait stops nothing. */
export function suppressionOf(traits: Traits | undefined): Suppression | undefined {
  const found = traits?.suppression;
  return found === 'unsubscribed' || found === 'bounced' || found === 'complained' ? found : undefined;
}

export const suppression: Gate = ({ contactId, messageClass }, facts) => {
  const why = facts.gates.suppression(contactId);
  if (!why || messageClass === 'internal') return PASS;
  if (why === 'unsubscribed' && messageClass !== 'marketing') return PASS;
  return { pass: false, refused: 'suppressed', evaluated: { suppression: why } };
};
