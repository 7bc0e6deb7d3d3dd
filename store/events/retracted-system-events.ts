/** System events that were derived from what a late event undid (E9). */

import { SYSTEM_SOURCE } from '../../events/new-event.ts';
import type { Queryable } from '../postgres/database.ts';
import type { StoredEvent } from './timeline.ts';

/**
 * Events with their present marks: one may have been set after the event was read. The caller holds the locks
 * of the events' subjects, so that none is set any more.
 */
export async function withRetractions(client: Queryable, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
  const own = events.filter((event) => event.own).map(({ arrival }) => arrival);
  if (own.length === 0) return [...events];
  const { rows } = await client.query<{ arrival: number; undone_by: string }>(
    'SELECT arrival, undone_by FROM events WHERE arrival = ANY($1::bigint[]) AND undone_by IS NOT NULL',
    [own],
  );
  const marks = new Map(rows.map((row) => [row.arrival, row.undone_by]));
  return events.map(({ undoneBy: _, ...event }) => {
    const undoneBy = marks.get(event.arrival);
    return undoneBy === undefined ? event : { ...event, undoneBy };
  });
}

/**
 * Marks them as undone by the late event, or as given again. One of a name that is looked for is put back among those
 * that wait: subjects that have read it are then recomputed without it, or with it again.
 *
 * @param marks by messageId: the late event's id, or null
 */
export async function retractSystemEvents(
  client: Queryable,
  marks: ReadonlyMap<string, string | null>,
  names: ReadonlySet<string>,
): Promise<void> {
  if (marks.size === 0) return;
  const flat = [...marks].map(([id, undoneBy]) => ({ id, undoneBy }));
  await client.query(
    `WITH marked AS (
       UPDATE events e SET undone_by = w."undoneBy"
         FROM jsonb_to_recordset($1::jsonb) AS w (id text, "undoneBy" text)
         JOIN event_keys k ON k.source = $2 AND k.message_id = w.id
        WHERE e.arrival = k.arrival AND (e.undone_by IS NULL) <> (w."undoneBy" IS NULL)
        RETURNING e.arrival, e.at, e.received_at, e.name)
     INSERT INTO pending_events (arrival, at, received_at)
     SELECT arrival, at, received_at FROM marked WHERE name = ANY($3::text[]) ON CONFLICT (arrival) DO NOTHING`,
    [JSON.stringify(flat), SYSTEM_SOURCE, [...names]],
  );
}
