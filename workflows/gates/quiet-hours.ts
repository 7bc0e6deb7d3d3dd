/** P1: marketing is held to the end of the recipient's quiet hours, spread by a jitter. */

import type { DailyWindow, Instant } from '../../language/model.ts';
import { addDays, instantAt, isZone, localDate, localMinute, zoneOfCountry } from '../../language/zones.ts';
import { type Candidate, type Gate, PASS } from './gate.ts';

export const quietHours: Gate = (candidate, facts) => {
  const window = facts.version.playbook.quietHours ?? facts.settings.quietHours;
  if (candidate.messageClass !== 'marketing' || !window) return PASS;
  const zone = recipientZone(candidate, facts.version.playbook.timeZone ?? facts.settings.timeZone);
  const endAt = endOfQuiet(window, facts.now, zone);
  if (endAt === undefined) return PASS;
  const holdUntil = endAt + facts.gates.jitter(candidate.contactId, localDate(endAt, zone));
  return { pass: false, holdUntil, reason: 'quiet_hours', looked: { zone, until: new Date(holdUntil).toISOString() } };
};

/** The recipient's zone, then its country's, then the playbook's. */
function recipientZone({ traits }: Candidate, fallback: string): string {
  if (typeof traits.time_zone === 'string' && isZone(traits.time_zone)) return traits.time_zone;
  const ofCountry = typeof traits.country === 'string' ? zoneOfCountry(traits.country) : undefined;
  return ofCountry ?? fallback;
}

/** The end of the quiet period that an instant lies in (its start counts, its end does not); undefined outside of one. */
function endOfQuiet({ startMinute, endMinute }: DailyWindow, at: Instant, zone: string): Instant | undefined {
  const minute = localMinute(at, zone);
  const overnight = startMinute > endMinute;
  const isQuiet = overnight ? minute >= startMinute || minute < endMinute : minute >= startMinute && minute < endMinute;
  if (!isQuiet) return undefined;
  const today = localDate(at, zone);
  const day = overnight && minute >= startMinute ? addDays(today, 1) : today;
  const time = `${pad(Math.floor(endMinute / 60))}:${pad(endMinute % 60)}`;
  return instantAt(day, time, zone);
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
