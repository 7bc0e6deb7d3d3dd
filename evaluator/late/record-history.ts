/**
 * Records as they stood a while ago: an event or a deadline that is in order for its subject may lie behind what another
 * record has been told since, and reads that one as it stood at its own place (T0).
 */
import type { Instant, RecordType, Traits } from '../../language/model.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent } from '../../language/records/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { readTraitWrites, writtenSince } from '../../store/records/records.ts';

interface Before {
  place: Place;
  /** Before what was written at the place; undefined where there was no such record. */
  traits: Traits | undefined;
}

export class RecordHistory {
  /** In E4's order. */
  readonly #before = new Map<string, Before[]>();

  /** What of these records was written behind an instant; most often nothing, and one statement says so. */
  static async of(
    client: Queryable,
    records: readonly { type: RecordType; id: string }[],
    from: Instant,
  ): Promise<RecordHistory> {
    const past = new RecordHistory();
    if (!Number.isFinite(from)) return past;
    const traits = new Map<string, Traits>();
    for (const write of await readTraitWrites(client, await writtenSince(client, records, from))) {
      const key = subjectKey(write);
      const known = traits.get(key);
      if (write.at >= from) past.wrote(key, placeOfEvent(write), known);
      const { [write.trait]: _, ...others } = known ?? {};
      traits.set(key, write.value === null ? others : { ...others, [write.trait]: write.value });
    }
    return past;
  }

  /** Notes that a record is written at a place, and what it was before. */
  wrote(key: string, place: Place, traits: Traits | undefined): void {
    const known = this.#before.get(key);
    if (known === undefined) this.#before.set(key, [{ place, traits }]);
    // Writes of one event are one change of the record.
    else if (comparePlaces(known.at(-1)!.place, place) < 0) known.push({ place, traits });
  }

  /** The traits behind a place, where they were others than now. */
  at(key: string, place: Place): { traits: Traits | undefined } | undefined {
    return this.#before.get(key)?.find((before) => comparePlaces(before.place, place) > 0);
  }
}

/** The records that a batch has read, by their keys. */
export function refsOf(records: ReadonlyMap<string, Traits>): { type: RecordType; id: string }[] {
  return [...records.keys()].map((key) => subjectOfKey<RecordType>(key));
}
