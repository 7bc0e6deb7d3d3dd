/** P3: `unsubscribed` stops marketing only; bounced and complained stop marketing and transactional. */
import { type Gate, PASS } from './gate.ts';

export const suppression: Gate = ({ contactId, messageClass }, facts) => {
  const why = facts.gates.suppression(contactId);
  if (!why || messageClass === 'internal') return PASS;
  if (why === 'unsubscribed' && messageClass !== 'marketing') return PASS;
  return { pass: false, refused: 'suppressed', evaluated: { suppression: why } };
};
