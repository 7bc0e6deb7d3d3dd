/** Stored events read back in the order of their arrival, a page at a time. */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';
import { readEvents, type StoredEvent } from './timeline.ts';

/** Rows of one page; their events are in memory together, at 32 kB each at most. */
const PAGE = 1_000;

export interface ExportOptions {
  source?: string | undefined;
  /** By event time: at or after, and before. */
  from?: Instant | undefined;
  to?: Instant | undefined;
}

/** Every event that the options allow, in the order of arrival. What arrives meanwhile may be among them. */
export async function* storedEvents(client: Queryable, options: ExportOptions = {}): AsyncGenerator<StoredEvent> {
  let after = 0;
  for (;;) {
    const { rows } = await client.query<{ arrival: number }>(
      `SELECT arrival FROM events
        WHERE arrival > $1 AND ($2::text IS NULL OR source = $2)
          AND ($3::bigint IS NULL OR at >= cuebook_instant($3)) AND ($4::bigint IS NULL OR at < cuebook_instant($4))
        ORDER BY arrival LIMIT $5`,
      [after, options.source ?? null, options.from ?? null, options.to ?? null, PAGE],
    );
    const arrivals = rows.map((row) => row.arrival);
    const events = await readEvents(client, arrivals);
    yield* events.sort((a, b) => a.arrival - b.arrival);
    if (arrivals.length < PAGE) return;
    after = arrivals.at(-1)!;
  }
}
