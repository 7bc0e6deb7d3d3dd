/** Where only the event itself is read there is no need to fetch what records were at its place. */
import type { People } from '../../language/model.ts';
import type { World } from '../../language/records/world.ts';

export function eventsOnly(people: People): World {
  return { people, traits: () => undefined, computed: () => undefined, isComputed: () => false };
}
