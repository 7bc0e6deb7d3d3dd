/** Records as the store has them, at the places at which a decision reads them. */
import type { Instant, Json, People, PlaybookVersion, RecordType, Traits } from '../../language/model.ts';
import { ANONYMOUS_PREFIX } from '../../language/records/identity-links.ts';
import {
  isOfSet,
  likenessKeys,
  type RecordSet,
  tooManyAlike,
  tooManyOfSet,
} from '../../language/records/lists/overviews.ts';
import { elementOf, MAX_RELATED, type RelatedList, tooManyWords } from '../../language/records/relations.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent, type TraitPatch } from '../../language/records/timeline.ts';
import { applyPatch } from '../../language/records/traits.ts';
import type { World } from '../../language/records/world.ts';
import type { Unconsumed } from '../../store/events/timelines.ts';
import { likelyAlike } from '../../store/records/overviews.ts';
import { computedAt } from './computed.ts';
import type { ContactIds } from './contact-ids.ts';
import type { FactLoaders } from './fact-loaders.ts';

export interface StoredWorldInput {
  loaders: FactLoaders;
  contacts: ContactIds;
  people: People;
  version: PlaybookVersion;
  /** The zone in which computed traits count where the record has none: that of the settings. */
  zone: string;
  /** When the enrolment's own steps last wrote traits: its next steps see that at once. */
  wroteAt: Instant | null;
  /** What has not been consumed of the timelines that are locked, by `<type>/<id>`. */
  unconsumed: ReadonlyMap<string, Unconsumed>;
  /** Called for a list that has too many records to be read, in words. */
  onTooMany(words: string): void;
}

/** As they were at a place: what conditions and texts read (T0). */
export class PlacedWorld implements World {
  readonly people: People;
  readonly #input: StoredWorldInput;

  constructor(input: StoredWorldInput) {
    this.people = input.people;
    this.#input = input;
  }

  traits(type: RecordType, named: string, place: Place): Traits | undefined {
    const { loaders, wroteAt, unconsumed } = this.#input;
    const id = this.#idAt(type, named, place);
    const at = place.phase === 'journeys' ? Math.max(place.at, wroteAt ?? place.at) : place.at;
    const waiting = patchesUpTo(unconsumed.get(subjectKey({ type, id })), place);
    return patched(loaders.record(type, id, at), type, id, waiting);
  }

  /** Of the records that ever named it, or are about to, those that do at the place. */
  related(list: RelatedList, named: string, place: Place): Traits[] | undefined {
    const { loaders, contacts, unconsumed, onTooMany } = this.#input;
    const id = this.#idAt(list.of, named, place);
    const names = new Set(list.of === 'contact' ? contacts.namesAt(id, place) : [id]);
    const ids = new Set([...names].flatMap((name) => loaders.everRelated({ list, id: name }).map((one) => one.id)));
    for (const { events } of unconsumed.values()) {
      for (const patch of events.flatMap((event) => event.patches)) {
        if (patch.type === list.type && names.has(patch.traits[list.by] as string)) ids.add(patch.id);
      }
    }
    if (ids.size > MAX_RELATED) {
      onTooMany(tooManyWords(list, id));
      return undefined;
    }
    return [...ids].sort().flatMap((one) => {
      // A contact that is another's by then is in no list.
      if (this.#idAt(list.type, one, place) !== one) return [];
      const traits = this.traits(list.type, one, place);
      return traits && names.has(traits[list.by] as string) ? [elementOf(one, traits)] : [];
    });
  }

  /** Of the records that ever had the owner, or are about to, those that have it at the place; or all that there are by then. */
  recordsOf(set: RecordSet, place: Place): string[] | undefined {
    const { loaders, unconsumed, onTooMany } = this.#input;
    const ids = new Set(loaders.everOf(set));
    for (const { events } of unconsumed.values()) {
      for (const { type, id, traits } of events.flatMap((event) => event.patches)) {
        if (type === set.type && isOfSet(set, traits)) ids.add(id);
      }
    }
    if (ids.size > MAX_RELATED) {
      onTooMany(tooManyOfSet(set));
      return undefined;
    }
    return [...ids].sort().filter((id) => {
      const traits = this.#knownAs(set.type, id, place);
      return traits !== undefined && isOfSet(set, traits);
    });
  }

  /** Of those that ever had one of its keys, the contacts that have one at the place. */
  duplicates(named: string, place: Place): number | undefined {
    const { loaders, onTooMany } = this.#input;
    const id = this.#idAt('contact', named, place);
    const own = this.traits('contact', id, place);
    if (own === undefined) return 0;
    const keys = new Set(likenessKeys(own));
    const ids = new Set(likelyAlike(own).flatMap((question) => loaders.everAlike(question)));
    if (ids.size > MAX_RELATED) {
      onTooMany(tooManyAlike(id));
      return undefined;
    }
    let count = 0;
    for (const one of ids) {
      const traits = one === id ? undefined : this.#knownAs('contact', one, place);
      if (traits !== undefined && likenessKeys(traits).some((key) => keys.has(key))) count += 1;
    }
    return count;
  }

  /** The traits of a record by its own id: a visitor is nobody yet, and an id that was another's by then is no contact of its own (E6). */
  #knownAs(type: RecordType, id: string, place: Place): Traits | undefined {
    if (id.startsWith(ANONYMOUS_PREFIX) || this.#idAt(type, id, place) !== id) return undefined;
    return this.traits(type, id, place);
  }

  /** Whose the traits are at the place: a contact may have been merged since (E6). */
  #idAt(type: RecordType, id: string, place: Place): string {
    return type === 'contact' ? this.#input.contacts.at(id, place) : id;
  }

  isComputed(type: RecordType, trait: string): boolean {
    return this.#input.version.traits.some((t) => t.subject === type && t.name === trait);
  }

  computed(type: RecordType, named: string, trait: string, place: Place): Json | undefined {
    const { loaders, version, zone } = this.#input;
    const id = this.#idAt(type, named, place);
    const definition = version.traits.find((t) => t.subject === type && t.name === trait);
    return definition && computedAt(definition, { type, id }, place, { loaders, world: this, zone });
  }
}

/**
 * As they are now, with what is committed and not consumed yet: for the recipient of a message and what a step changes. A
 * consent that was withdrawn a moment ago is withdrawn, and of two that add to a number neither is lost.
 */
export class LatestWorld extends PlacedWorld {
  readonly #input: StoredWorldInput;
  readonly #also: readonly TraitPatch[];

  /** @param also what commands of the same batch have just written */
  constructor(input: StoredWorldInput, also: readonly TraitPatch[]) {
    super(input);
    this.#input = input;
    this.#also = also;
  }

  override traits(type: RecordType, named: string): Traits | undefined {
    const { loaders, contacts, unconsumed } = this.#input;
    const id = type === 'contact' ? contacts.now(named) : named;
    const waiting = patchesUpTo(unconsumed.get(subjectKey({ type, id })), undefined);
    return patched(loaders.record(type, id, null), type, id, [...waiting, ...this.#also]);
  }
}

/** Own events' patches are merged by their own transaction; a late event's are the evaluator's to place (E6). */
function patchesUpTo(unconsumed: Unconsumed | undefined, place: Place | undefined): TraitPatch[] {
  if (!unconsumed) return [];
  const { events, head } = unconsumed;
  return events
    .filter((event) => event.patches.length > 0 && !event.own)
    .filter((event) => head === undefined || comparePlaces(placeOfEvent(event), head) > 0)
    .filter((event) => place === undefined || comparePlaces(placeOfEvent(event), place) <= 0)
    .flatMap((event) => event.patches);
}

function patched(
  base: Traits | undefined,
  type: RecordType,
  id: string,
  patches: readonly TraitPatch[],
): Traits | undefined {
  const own = patches.filter((patch) => patch.type === type && patch.id === id);
  return own.reduce((traits: Traits | undefined, patch) => applyPatch(traits, patch.traits), base);
}
