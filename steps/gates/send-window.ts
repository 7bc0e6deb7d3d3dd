/** The send window of a channel (section 5): outside of it a message is held to the window's next start. */
import { endOfWindow, outside } from '../../language/time/daily-window.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { type Gate, PASS } from './gate.ts';
import { recipientZone } from './recipient-zone.ts';

export const sendWindow: Gate = (candidate, facts) => {
  const window = facts.settings.sendWindow[candidate.channel];
  if (!window) return PASS;
  const zone = recipientZone(candidate.traits, facts);
  const holdUntil = endOfWindow(outside(window), facts.now, zone);
  if (holdUntil === undefined) return PASS;
  return { pass: false, holdUntil, reason: 'send_window', evaluated: { zone, until: isoInstant(holdUntil) } };
};
