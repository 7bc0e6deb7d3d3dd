/** Whose clock a message to a customer goes by. */
import type { PlaybookVersion, Settings, Traits } from '../../language/model.ts';
import { readZone } from '../../language/time/read-zone.ts';
import { zoneOfCountry } from '../../language/time/zones.ts';

/** P1: the recipient's zone, then its country's, then the playbook's. */
export function recipientZone(
  traits: Traits,
  { version, settings }: { version: PlaybookVersion; settings: Settings },
): string {
  const own = readZone(traits.time_zone);
  if (own !== undefined) return own;
  const ofCountry = typeof traits.country === 'string' ? zoneOfCountry(traits.country) : undefined;
  return ofCountry ?? version.playbook.timeZone ?? settings.timeZone;
}
