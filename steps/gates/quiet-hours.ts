/** P1: marketing is held to the end of the recipient's quiet hours, spread by a jitter. */
import { isoInstant } from '../../language/time/instants.ts';
import { localDate } from '../../language/time/zones.ts';
import { endOfWindow, recipientZone } from './daily-window.ts';
import { type Gate, PASS } from './gate.ts';

export const quietHours: Gate = (candidate, facts) => {
  const window = facts.version.playbook.quietHours ?? facts.settings.quietHours;
  if (candidate.messageClass !== 'marketing' || !window) return PASS;
  const zone = recipientZone(candidate.traits, facts);
  const endAt = endOfWindow(window, facts.now, zone);
  if (endAt === undefined) return PASS;
  const holdUntil = endAt + facts.gates.jitter(candidate.contactId, localDate(endAt, zone));
  return { pass: false, holdUntil, reason: 'quiet_hours', evaluated: { zone, until: isoInstant(holdUntil) } };
};
