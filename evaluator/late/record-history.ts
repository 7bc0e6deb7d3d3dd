/**
 * Records as they were a while ago: an event or a deadline that is in order for its subject may lie before what was written to
 * another record since, and reads that one as it was at its own place (T0).
 */
import type { Instant, RecordType, Traits } from '../../language/model.ts';
import { subjectKey, subjectOfKey } from '../../language/records/subject-key.ts';
import { comparePlaces, type Place, placeOfEvent } from '../../language/records/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type RecordRow, readTraitWrites } from '../../store/records/records.ts';

interface Before {
  place: Place;
  /** Before what was written at the place; undefined where there was no such record. */
  traits: Traits | undefined;
}

export class RecordHistory {
  /** In E4's order. */
  readonly #before = new Map<string, Before[]>();

  /**
   * What was written to records after an instant; most often nothing, which they say themselves.
   *
   * @param rows by their keys, as they were read together with the traits that the batch knows
   */
  static async of(client: Queryable, rows: ReadonlyMap<string, RecordRow>, from: Instant): Promise<RecordHistory> {
    const past = new RecordHistory();
    const written = [...rows].flatMap(([key, { updatedAt }]) =>
      updatedAt < from ? [] : [subjectOfKey<RecordType>(key)],
    );
    const traits = new Map<string, Traits>();
    for (const write of await readTraitWrites(client, written)) {
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

  /** The traits after a place, where they differ from the latest. */
  at(key: string, place: Place): { traits: Traits | undefined } | undefined {
    return this.#before.get(key)?.find((before) => comparePlaces(before.place, place) > 0);
  }
}
