/** An instant for people: UTC, as everything is stored, and beside it what the clocks of a zone show. */
import type { Instant } from '../model.ts';
import { isoInstant } from './instants.ts';
import { localDate, localMinute, weekday } from './zones.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `2026-03-02T11:00:00.000Z (Mon 12:00 Europe/Berlin)`; of UTC itself the instant alone. */
export function withLocalTime(at: Instant, zone: string): string {
  return zone === 'UTC' ? isoInstant(at) : `${isoInstant(at)} (${localTime(at, zone)})`;
}

/** `Mon 12:00 Europe/Berlin` */
export function localTime(at: Instant, zone: string): string {
  const minute = localMinute(at, zone);
  const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return `${DAYS[weekday(localDate(at, zone))]} ${time} ${zone}`;
}
