/** What is compared with `now`: however an instant is written, it is that instant. */
import { isoInstant } from './instants.ts';
import { readDate } from './read-date.ts';
import { instantOfLocal } from './zones.ts';

/**
 * An instant in the form of `now`, so that the two compare as they follow each other; a date is its first
 * instant in the zone, a time without a zone is on the zone's clocks. Undefined for a text that is no date: as a text it
 * would compare by its letters. What is no text is itself.
 */
export function asInstant(value: unknown, zone: string): unknown {
  if (typeof value !== 'string') return value;
  const read = readDate(value);
  if (read === undefined) return undefined;
  return isoInstant('at' in read ? read.at : instantOfLocal(read.localMs, zone));
}
