/**
 * Ids of contacts of which nothing has happened that a claim could bring to another timeline: a device's first call claims it, or
 * its owner changes and nothing has come since. Such a claim says who gets what comes, and moves nothing (E6).
 */
import type { Traits } from '../../language/model.ts';
import type { IdentityDifference, IdentityLinks } from '../../language/records/identity-links.ts';
import { subjectKey } from '../../language/records/subject-key.ts';
import {
  comparePlaces,
  laterPlace,
  type Place,
  placeOfEvent,
  type TimelineEvent,
} from '../../language/records/timeline.ts';
import type { SubjectRow } from '../../store/evaluation/subjects.ts';
import { latestConsumed } from '../../store/events/contact-timelines.ts';
import type { Queryable } from '../../store/postgres/database.ts';

interface Known {
  /** With what the events themselves claim. */
  identities: IdentityLinks;
  locked: ReadonlyMap<string, SubjectRow>;
  records: ReadonlyMap<string, Traits>;
}

export class QuietIds {
  /** Of the ids that the batch's events claim: the latest place of what was consumed of them; undefined where nothing was. */
  readonly #latest: Map<string, Place | undefined>;
  /** Those that have a state or a record. */
  readonly #kept: ReadonlySet<string>;

  private constructor(latest: Map<string, Place | undefined>, kept: ReadonlySet<string>) {
    this.#latest = latest;
    this.#kept = kept;
  }

  /** @param events of one batch, whose subjects are locked */
  static async of(
    client: Queryable,
    events: readonly TimelineEvent[],
    { identities, locked, records }: Known,
  ): Promise<QuietIds> {
    const claimed = [...new Set(events.flatMap((event) => event.merges ?? []))];
    if (claimed.length === 0) return new QuietIds(new Map(), new Set());
    const ids = [...claimed, ...identities.aliasesOf(...claimed)];
    const latest = new Map(ids.map((id): [string, Place | undefined] => [id, undefined]));
    for (const [id, place] of await latestConsumed(client, ids)) latest.set(id, place);
    const isKept = (id: string) => {
      const key = subjectKey({ type: 'contact', id });
      return locked.get(key)?.head !== undefined || records.has(key);
    };
    return new QuietIds(latest, new Set(ids.filter(isKept)));
  }

  /** Whether all that an event's claims change is still to come. */
  isQuiet(event: TimelineEvent, { changed }: IdentityDifference, identities: IdentityLinks): boolean {
    const place = placeOfEvent(event);
    const isMerged = (event.merges ?? []).some((id) => identities.endOf(id)?.place.arrival === event.arrival);
    return changed.every((id) => {
      if (!this.#latest.has(id)) return false;
      const latest = this.#latest.get(id);
      if (isMerged) return latest === undefined && !this.#kept.has(id);
      return latest === undefined || comparePlaces(latest, place) < 0;
    });
  }

  /** An event of the batch has been consumed. */
  consumed(event: TimelineEvent): void {
    const place = placeOfEvent(event);
    for (const { type, id } of event.subjects) {
      if (type !== 'contact' || !this.#latest.has(id)) continue;
      const latest = this.#latest.get(id);
      this.#latest.set(id, latest ? laterPlace(latest, place) : place);
    }
  }
}
