/** What a merge reads of contacts' timelines: where those are short all of them at once, else each page by page. */
import type { Place } from '../../language/records/timeline.ts';
import { type ContactEntry, readContactTimelines, unconsumedOfContacts } from '../../store/events/contact-timelines.ts';
import { type Bound, readTimeline, type StoredEvent } from '../../store/events/timeline.ts';
import type { Queryable } from '../../store/postgres/database.ts';
import { type ContactWrite, readContactWrites } from '../../store/records/contact-writes.ts';

/** Entries that are held in memory at once. */
const MAX_HELD = 5_000;
const MAX_HELD_WRITES = 20_000;

/** A part of a contact's timeline, as it is read with some merges. */
export interface Part {
  id: string;
  /** By the merges' arrivals. */
  vias: ReadonlySet<number>;
}

export class MergeTimelines {
  readonly #client: Queryable;
  readonly #held: ReadonlyMap<string, readonly ContactEntry[]> | undefined;
  readonly #first = new Map<string, Map<number, StoredEvent>>();
  readonly #writes: ReadonlyMap<string, readonly ContactWrite[]> | undefined;
  /** Arrivals on the contacts' timelines that have not been consumed. */
  readonly unconsumed: ReadonlySet<number>;

  private constructor(
    client: Queryable,
    unconsumed: ReadonlySet<number>,
    held?: ReadonlyMap<string, readonly ContactEntry[]>,
    writes?: ReadonlyMap<string, readonly ContactWrite[]>,
  ) {
    this.#client = client;
    this.unconsumed = unconsumed;
    this.#held = held;
    this.#writes = writes;
  }

  /**
   * @param ids the contacts of which something will be read
   * @param consumed arrivals that are consumed, though their rows are still pending
   */
  static async of(client: Queryable, ids: readonly string[], consumed: ReadonlySet<number>): Promise<MergeTimelines> {
    const unconsumed = await unconsumedOfContacts(client, ids);
    for (const arrival of consumed) unconsumed.delete(arrival);
    const held = await readContactTimelines(client, ids, MAX_HELD);
    if (!held) return new MergeTimelines(client, unconsumed);
    const all = await readContactWrites(client, ids, { limit: MAX_HELD_WRITES + 1 });
    if (all.length > MAX_HELD_WRITES) return new MergeTimelines(client, unconsumed, held);
    const writes = new Map(ids.map((id): [string, ContactWrite[]] => [id, []]));
    for (const write of all) writes.get(write.id)!.push(write);
    return new MergeTimelines(client, unconsumed, held, writes);
  }

  /** Events of a part within the bounds, in E4's order. */
  async page({ id, vias }: Part, after: Bound | undefined, upTo: Bound, limit: number): Promise<StoredEvent[]> {
    const entries = this.#held?.get(id);
    if (!entries) {
      const options = { ...(after && { after }), upTo, vias: [...vias], limit };
      return readTimeline(this.#client, { type: 'contact', id }, options);
    }
    const found: StoredEvent[] = [];
    for (let n = after ? firstAfter(entries, after) : 0; n < entries.length && found.length < limit; n++) {
      const { event, via } = entries[n]!;
      if (compareToBound(event, upTo) > 0) break;
      if (via === null || vias.has(via)) found.push(event);
    }
    return found;
  }

  /** What a merge brought to a contact begins here; undefined where it brought nothing. */
  async firstBrought(id: string, via: number): Promise<Pick<Place, 'at' | 'receivedAt' | 'arrival'> | undefined> {
    const entries = this.#held?.get(id);
    if (entries) return this.#firstOf(id, entries).get(via);
    const { rows } = await this.#client.query<Pick<Place, 'at' | 'receivedAt' | 'arrival'>>(
      `SELECT at, received_at AS "receivedAt", arrival FROM timeline
        WHERE subject_type = 'contact' AND subject_id = $1 AND via = $2 ORDER BY at, received_at, arrival LIMIT 1`,
      [id, via],
    );
    return rows[0];
  }

  /** By each merge the first event that it brings to a contact; looked through once. */
  #firstOf(id: string, entries: readonly ContactEntry[]): ReadonlyMap<number, StoredEvent> {
    let first = this.#first.get(id);
    if (!first) {
      first = new Map();
      for (const { event, via } of entries) if (via !== null && !first.has(via)) first.set(via, event);
      this.#first.set(id, first);
    }
    return first;
  }

  /** Writes of a contact's record with all that merges brought, in E4's order. */
  async writes(id: string): Promise<readonly ContactWrite[]> {
    return this.#writes?.get(id) ?? readContactWrites(this.#client, [id]);
  }
}

function firstAfter(entries: readonly ContactEntry[], bound: Bound): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareToBound(entries[middle]!.event, bound) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Behind an instant's deadlines lie all of its events. */
function compareToBound(event: StoredEvent, bound: Bound): number {
  if (event.at !== bound.at) return event.at - bound.at;
  return bound.phase === 'events' ? event.receivedAt - bound.receivedAt || event.arrival - bound.arrival : -1;
}
