/** P1: marketing is held to the end of the recipient's quiet hours, spread by a jitter. */
import type { DailyWindow, Instant } from '../../language/model.ts';
import { endOfWindow, haveCommonMoment, outside, windowText } from '../../language/time/daily-window.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { localDate } from '../../language/time/zones.ts';
import { type Gate, PASS } from './gate.ts';
import { recipientZone } from './recipient-zone.ts';

export const quietHours: Gate = (candidate, facts) => {
  const quiet = facts.version.playbook.quietHours ?? facts.settings.quietHours;
  if (candidate.messageClass !== 'marketing' || !quiet) return PASS;
  const open = facts.settings.sendWindow[candidate.channel];
  if (open && !haveCommonMoment(quiet, open)) {
    return {
      pass: false,
      refused: 'no_moment',
      evaluated: { quiet_hours: windowText(quiet), send_window: windowText(open) },
    };
  }
  const zone = recipientZone(candidate.traits, facts);
  const endAt = endOfWindow(quiet, facts.now, zone);
  if (endAt === undefined) return PASS;
  const jitterMs = facts.gates.jitter(candidate.contactId, localDate(endAt, zone));
  const holdUntil = endAt + (jitterMs % openMsFrom(endAt, { quiet, open, zone }));
  return { pass: false, holdUntil, reason: 'quiet_hours', evaluated: { zone, until: isoInstant(holdUntil) } };
};

/** How long a message may go out from the end of the quiet hours on: a jitter beyond that would never arrive. */
function openMsFrom(
  endAt: Instant,
  { quiet, open, zone }: { quiet: DailyWindow; open: DailyWindow | undefined; zone: string },
): number {
  const quietAt = endOfWindow(outside(quiet), endAt, zone)!;
  const closesAt = open && endOfWindow(open, endAt, zone);
  return Math.min(quietAt, closesAt ?? quietAt) - endAt;
}
