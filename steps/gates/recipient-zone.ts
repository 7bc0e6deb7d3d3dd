/** Whose clock a message to a customer goes by. */
import type { PlaybookVersion, Settings, Traits } from '../../language/model.ts';
import { isZone, zoneOfCountry } from '../../language/time/zones.ts';

/** P1: the recipient's zone, then its country's, then the playbook's. */
export function recipientZone(
  traits: Traits,
  { version, settings }: { version: PlaybookVersion; settings: Settings },
): string {
  if (typeof traits.time_zone === 'string' && isZone(traits.time_zone)) return traits.time_zone;
  const ofCountry = typeof traits.country === 'string' ? zoneOfCountry(traits.country) : undefined;
  return ofCountry ?? version.playbook.timeZone ?? settings.timeZone;
}
