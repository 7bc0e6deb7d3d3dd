/** What a calendar is, in one text: two calendars that count alike by it are the same one. */
import { canonicalHash } from '../../canonical.ts';
import type { Calendar } from '../../model.ts';

const hashes = new WeakMap<Calendar, string>();

/** The hash of a calendar's canonical form. Kept per object, which must not be changed. */
export function calendarHash(calendar: Calendar): string {
  let hash = hashes.get(calendar);
  if (hash === undefined) hashes.set(calendar, (hash = canonicalHash(calendar)));
  return hash;
}
