/** Computed traits (T14) at a place: from the state at the timeline's head where that is not ahead, else folded anew. */
import { canonicalHash } from '../../language/canonical.ts';
import type { ComputedTrait, Json, RecordType } from '../../language/model.ts';
import { comparePlaces, type Place, placeOfEvent } from '../../language/timeline.ts';
import type { World } from '../../language/world.ts';
import { foldEvent, readTrait, type TraitState } from '../../triggers/fold-trait.ts';
import { TRAIT_OWNER_PREFIX } from '../../triggers/owners.ts';
import { holdsAt, type View, valueAt } from '../../triggers/situation.ts';
import { slotKey } from '../../triggers/state.ts';
import { eventsOnly } from './events-only.ts';
import { readsRecords } from './reads.ts';
import type { Shelves } from './shelves.ts';

export interface ComputedInput {
  shelves: Shelves;
  world: World;
  zone: string;
}

/** Before every event that there is. */
const BEGINNING = Date.UTC(1900, 0, 1);
const hashes = new WeakMap<ComputedTrait, string>();

export function computedAt(
  trait: ComputedTrait,
  record: { type: RecordType; id: string },
  place: Place,
  input: ComputedInput,
): Json | undefined {
  const known = input.shelves.state(record);
  if (!known) return undefined;
  const slot = known.state.slots.get(slotKey(`${TRAIT_OWNER_PREFIX}${trait.name}`, ''));
  const isBehind = known.head !== undefined && comparePlaces(known.head, place) <= 0;
  if (isBehind && slot?.hash === hashOf(trait)) return readTrait(trait, slot.state as unknown as TraitState, place.at);
  return readTrait(trait, folded(trait, record, place, input), place.at);
}

function folded(
  trait: ComputedTrait,
  record: { type: RecordType; id: string },
  place: Place,
  { shelves, world, zone }: ComputedInput,
): TraitState | undefined {
  const names = [...new Set(trait.events.map((pattern) => pattern.event))].sort();
  const after = trait.overMs === undefined ? BEGINNING : place.at - trait.overMs;
  const seen = trait.events.some((pattern) => readsRecords(pattern.where)) || readsRecords(trait.value);
  const base = { world: seen ? world : eventsOnly(world.people), subject: record, zone };
  let state: TraitState | undefined;
  for (const event of shelves.timeline({ subject: record, names, after, upTo: place.at })) {
    const view: View = { ...base, place: placeOfEvent(event), event };
    // A list of patterns means any: the event counts once.
    const counts = trait.events.some((p) => p.event === event.name && holdsAt(view, p.where));
    if (!counts) continue;
    state = foldEvent(trait, state, event.at, trait.value && valueAt(view, trait.value));
  }
  return state;
}

function hashOf(trait: ComputedTrait): string {
  const known = hashes.get(trait) ?? canonicalHash(trait);
  hashes.set(trait, known);
  return known;
}
