/** Parts of the day in the recipient's zone. */
import type { DailyWindow, Instant, PlaybookVersion, Settings, Traits } from '../../language/model.ts';
import { addDays, instantAt, isZone, localDate, localMinute, zoneOfCountry } from '../../language/time/zones.ts';

/** P1: the recipient's zone, then its country's, then the playbook's. */
export function recipientZone(
  traits: Traits,
  { version, settings }: { version: PlaybookVersion; settings: Settings },
): string {
  if (typeof traits.time_zone === 'string' && isZone(traits.time_zone)) return traits.time_zone;
  const ofCountry = typeof traits.country === 'string' ? zoneOfCountry(traits.country) : undefined;
  return ofCountry ?? version.playbook.timeZone ?? settings.timeZone;
}

/** The end of the window that an instant lies in (its start counts, its end does not); undefined outside of it. */
export function endOfWindow({ startMinute, endMinute }: DailyWindow, at: Instant, zone: string): Instant | undefined {
  const minute = localMinute(at, zone);
  const overnight = startMinute > endMinute;
  const isInside = overnight
    ? minute >= startMinute || minute < endMinute
    : minute >= startMinute && minute < endMinute;
  if (!isInside) return undefined;
  const today = localDate(at, zone);
  const day = overnight && minute >= startMinute ? addDays(today, 1) : today;
  const time = `${pad(Math.floor(endMinute / 60))}:${pad(endMinute % 60)}`;
  return instantAt(day, time, zone);
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}
