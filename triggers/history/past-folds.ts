/** Computed traits at places of the past (T14): folded from a record's stored events, up to the place. */
import type { ComputedTrait, RecordType } from '../../language/model.ts';
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

/** The folds of records whose timelines are read along with another one's, whose places mostly go forward. */
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
    around: { world: World; zone: string },
  ): TraitState | undefined {
    const events = this.#events.get(subjectKey(record)) ?? [];
    const key = `${subjectKey(record)}/${trait.name}`;
    const known = this.#folds.get(key);
    const from = known && comparePlaces(known.place, place) <= 0 ? known : undefined;
    const folded = foldUpTo(trait, { record, events, around }, place, from);
    this.#folds.set(key, { ...folded, place });
    return folded.state;
  }
}
