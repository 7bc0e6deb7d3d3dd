/** Computed traits (T14) at a place: from the state at the timeline's head where that is not ahead, else folded again. */
import { canonicalHash } from '../../language/canonical.ts';
import type { ComputedTrait, Json, RecordType } from '../../language/model.ts';
import { comparePlaces, type Place } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { entryKey } from '../../triggers/engine/state.ts';
import { foldUpTo } from '../../triggers/history/past-folds.ts';
import { traitOwner } from '../../triggers/index/owners.ts';
import { readComputed } from '../../triggers/traits/computed.ts';
import type { TraitState } from '../../triggers/traits/fold-trait.ts';
import { reachesBackTo } from '../../triggers/traits/trait-window.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { eventsOnly, readsRecords } from './looking.ts';

export interface ComputedInput {
  loaders: FactLoaders;
  world: World;
  /** The settings' zone. */
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
  const { loaders, world, zone } = input;
  const fold = () => {
    const known = loaders.state(record);
    if (!known) return undefined;
    const slot = known.state.slots.get(entryKey(traitOwner(trait.name), ''));
    const isReached = known.head !== undefined && comparePlaces(known.head, place) <= 0;
    if (isReached && slot?.hash === hashOf(trait)) return slot.state as unknown as TraitState;
    return folded(trait, record, place, input);
  };
  return readComputed(trait, fold, { world, record, place, zone });
}

function folded(
  trait: ComputedTrait,
  record: { type: RecordType; id: string },
  place: Place,
  { loaders, world, zone }: ComputedInput,
): TraitState | undefined {
  const names = [...new Set(trait.events.map((pattern) => pattern.event))].sort();
  // With `of` an event counts for a later one, however long ago it was.
  const after = trait.by ? BEGINNING : Math.max(BEGINNING, reachesBackTo(trait, place.at));
  const reads = [trait.value, trait.by, ...trait.events.flatMap((pattern) => [pattern.where, pattern.points])];
  const around = { world: reads.some(readsRecords) ? world : eventsOnly(world.people), zone };
  const events = loaders.timeline({ subject: record, names, after, upTo: place.at });
  return foldUpTo(trait, { record, events, around }, place).state;
}

function hashOf(trait: ComputedTrait): string {
  const known = hashes.get(trait) ?? canonicalHash(trait);
  hashes.set(trait, known);
  return known;
}
