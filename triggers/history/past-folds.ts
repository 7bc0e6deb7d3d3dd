/** Computed traits at places of the past (T14): folded from a record's stored events, up to the place. */
import type { ComputedTrait, Instant, RecordType } from '../../language/model.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent, type TimelineEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import { foldEvent, type TraitState } from '../traits/fold-trait.ts';

/** What a fold was at a place: where the next one goes on. */
export interface FoldedUpTo {
  state: TraitState | undefined;
  /** How many of the events have been folded. */
  count: number;
}

export interface FoldedRecord {
  type: RecordType;
  id: string;
}

/** What a trait is folded over. */
export interface FoldedPast {
  record: FoldedRecord;
  /** In E4's order, from `reachesBackTo` the place on. */
  events: readonly TimelineEvent[];
  /** What `where` and values read at each event, and the settings' zone. */
  around: { world: World; zone: string };
}

/**
 * Folds the events up to a place, itself included.
 *
 * @param from an earlier answer over the same events, at this place or an earlier one
 */
export function foldUpTo(
  trait: ComputedTrait,
  { record, events, around }: FoldedPast,
  place: Place,
  from: FoldedUpTo = { state: undefined, count: 0 },
): FoldedUpTo {
  let { state, count } = from;
  for (; count < events.length; count++) {
    const event = events[count]!;
    const at = placeOfEvent(event);
    if (comparePlaces(at, place) > 0) break;
    state = foldEvent(trait, state, { ...around, subject: record, place: at, event }) ?? state;
  }
  return { state, count };
}

/** Of a contact whose timeline is read with others' from merges on: what is read after some of them (E6). */
export interface FoldedPart {
  merges: number;
  isRead(event: TimelineEvent & { readFrom?: Instant }): boolean;
}

/** The folds of related records, read at the places of another record's timeline, which mostly go forward. */
export class PastFolds {
  /** By `<type>/<id>`, in E4's order. */
  readonly #events: ReadonlyMap<string, readonly TimelineEvent[]>;
  readonly #folds = new Map<string, FoldedUpTo & { place: Place }>();

  constructor(events: ReadonlyMap<string, readonly TimelineEvent[]>) {
    this.#events = events;
  }

  at(
    trait: ComputedTrait,
    record: FoldedRecord,
    place: Place,
    { part, ...around }: { world: World; zone: string; part?: FoldedPart },
  ): TraitState | undefined {
    const all = this.#events.get(subjectKey(record)) ?? [];
    const events = part ? all.filter((event) => part.isRead(event)) : all;
    const key = `${subjectKey(record)}/${trait.name}/${part?.merges ?? ''}`;
    const known = this.#folds.get(key);
    const from = known && comparePlaces(known.place, place) <= 0 ? known : undefined;
    const folded = foldUpTo(trait, { record, events, around }, place, from);
    this.#folds.set(key, { ...folded, place });
    return folded.state;
  }
}
