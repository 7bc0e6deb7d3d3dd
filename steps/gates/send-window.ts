/** The send window of a channel (section 5): outside of it a message is held to the window's next start. */
import { isoInstant } from '../../language/time/instants.ts';
import { endOfWindow, recipientZone } from './daily-window.ts';
import { type Gate, PASS } from './gate.ts';

export const sendWindow: Gate = (candidate, facts) => {
  const window = facts.settings.sendWindow[candidate.channel];
  if (!window) return PASS;
  const zone = recipientZone(candidate.traits, facts);
  const closed = { startMinute: window.endMinute, endMinute: window.startMinute };
  const holdUntil = endOfWindow(closed, facts.now, zone);
  if (holdUntil === undefined) return PASS;
  return { pass: false, holdUntil, reason: 'send_window', evaluated: { zone, until: isoInstant(holdUntil) } };
};
