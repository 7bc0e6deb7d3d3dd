/** Whole timelines of several contacts at once, for a merge that reads each of them in several ways. */

import type { Instant } from '../../language/model.ts';
import { eventOn } from '../../language/records/event-timelines.ts';
import type { Place } from '../../language/records/timeline.ts';
import type { Queryable } from '../postgres/database.ts';
import { readEvents, type StoredEvent } from './timeline.ts';

/** An event as it is read on a contact's timeline. */
export interface ContactEntry {
  event: StoredEvent;
  /** The merge by which it is read there, by its arrival (E6); null where it is the contact's own. */
  via: number | null;
}

/** @returns by contact, in E4's order; undefined where there are more than `limit` entries */
export async function readContactTimelines(
  client: Queryable,
  ids: readonly string[],
  limit: number,
): Promise<Map<string, ContactEntry[]> | undefined> {
  const { rows } = await client.query<{ id: string; arrival: number; of: string | null; via: number | null }>(
    `SELECT t.subject_id AS id, t.arrival, t.of_id AS of, t.via FROM timeline t
      WHERE t.subject_type = 'contact' AND t.subject_id = ANY($1::text[]) LIMIT $2`,
    [ids, limit + 1],
  );
  if (rows.length > limit) return undefined;
  const timelines = new Map(ids.map((id): [string, ContactEntry[]] => [id, []]));
  const placed = new Map<number, typeof rows>();
  for (const row of rows) {
    const places = placed.get(row.arrival);
    if (places) places.push(row);
    else placed.set(row.arrival, [row]);
  }
  for (const event of await readEvents(client, [...placed.keys()])) {
    if (event.undoneBy !== undefined) continue;
    for (const { id, of, via } of placed.get(event.arrival)!) {
      const timeline = { subject: { type: 'contact' as const, id }, ...(of !== null && { of }) };
      timelines.get(id)!.push({ event: eventOn(event, timeline), via });
    }
  }
  return timelines;
}

/** Arrivals on some contacts' timelines that have not been consumed. */
export async function unconsumedOfContacts(client: Queryable, ids: readonly string[]): Promise<Set<number>> {
  const { rows } = await client.query<{ arrival: number }>(
    // No further back than anything waits, or is a dead letter: a timeline may be long.
    `WITH entries AS MATERIALIZED (
       SELECT t.arrival FROM timeline t
        WHERE t.subject_type = 'contact' AND t.subject_id = ANY($1::text[])
          AND t.at >= (SELECT least((SELECT min(at) FROM pending_events WHERE set_aside_at IS NULL),
                                    (SELECT min(at) FROM pending_events WHERE set_aside_at IS NOT NULL))))
     SELECT arrival FROM pending_events WHERE arrival = ANY(ARRAY(SELECT arrival FROM entries))`,
    [ids],
  );
  return new Set(rows.map((row) => row.arrival));
}

/** The latest place of what was consumed of each of some contacts' ids, wherever merges have taken it. */
export async function latestConsumed(client: Queryable, ids: readonly string[]): Promise<Map<string, Place>> {
  const { rows } = await client.query<{ id: string; at: Instant; receivedAt: Instant; arrival: number }>(
    `SELECT w.id, l.at, l.received_at AS "receivedAt", l.arrival
       FROM unnest($1::text[]) AS w (id) CROSS JOIN LATERAL (
         SELECT t.at, t.received_at, t.arrival FROM timeline t
          WHERE t.subject_type = 'contact' AND t.subject_id = w.id AND t.of_id IS NULL
            AND NOT EXISTS (SELECT FROM pending_events p WHERE p.arrival = t.arrival)
          ORDER BY t.at DESC, t.received_at DESC, t.arrival DESC LIMIT 1) l`,
    [ids],
  );
  return new Map(rows.map(({ id, ...place }) => [id, { ...place, round: 0, phase: 'events' }]));
}
