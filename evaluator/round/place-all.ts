/** Where the events of a round belong, each with what it and those before it claim. */
import type { SubjectRef } from '../../language/model.ts';
import type { IdentityLinks } from '../../language/records/identity-links.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { breathe } from '../../store/postgres/breathe.ts';
import type { Placed, PlacedEvent } from './apart.ts';
import { placeEvent } from './event-placement.ts';

/**
 * @param events in E4's order
 * @param named of each the subjects that it names, as `subjectsOf` gives them
 */
export async function placeAll(
  events: readonly StoredEvent[],
  named: readonly (readonly SubjectRef[])[],
  known: IdentityLinks,
): Promise<Placed> {
  let identities = known;
  const places: PlacedEvent[] = [];
  for (const [n, event] of events.entries()) {
    const placement = placeEvent(event, named[n]!, identities);
    identities = placement.identities;
    places.push({ event, placement });
    await breathe();
  }
  return { places, identities };
}
