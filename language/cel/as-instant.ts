/** What is compared with `now`: however an instant is written, it is that instant. */
import { isoInstant, parseInstant, parseLocal } from '../time/instants.ts';
import { instantOfLocal } from '../time/zones.ts';

/**
 * An instant in the form of `now`, so that the two compare as they follow each other; a date is its first
 * instant in the zone, a time without a zone is on the zone's clocks. Anything else is itself.
 */
export function asInstant(value: unknown, zone: string): unknown {
  if (typeof value !== 'string') return value;
  const at = parseInstant(value);
  if (at !== undefined) return isoInstant(at);
  const local = parseLocal(value);
  return local === undefined ? value : isoInstant(instantOfLocal(local.localMs, zone));
}
