/** How far what people look at has come: a few numbers, each the end of an index. */
import type { Queryable } from '../../postgres/database.ts';

export interface Pulse {
  /** What was done, and what was ended, last: milliseconds, and ids of that instant's. */
  activity: string;
  events: string;
  deployment: string;
}

export async function readPulse(client: Queryable): Promise<Pulse> {
  const { rows } = await client.query<Pulse>(
    `SELECT concat_ws('/', (SELECT (extract(epoch FROM max(done_at)) * 1000)::bigint FROM effects),
                           (SELECT (extract(epoch FROM max(at)) * 1000)::bigint FROM outcomes),
                           (SELECT max(id) FROM decisions)) AS activity,
            coalesce((SELECT max(arrival) FROM events), 0)::text AS events,
            coalesce((SELECT value #>> '{}' FROM settings WHERE name = 'generation'), '0') AS deployment`,
  );
  return rows[0]!;
}
