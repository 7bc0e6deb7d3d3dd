/** The lower bound of the evaluator: the rows of its list claimed and deleted, and nothing evaluated. */

import { consumePending } from '../../store/events/pending-events.ts';
import type { Database } from '../../store/postgres/database.ts';

/** As many as the evaluator takes in one transaction. */
const AT_ONCE = 500;

const CLAIM = `SELECT arrival FROM pending_events WHERE set_aside_at IS NULL AND apart IS NULL
  ORDER BY at, received_at, arrival LIMIT $1 FOR UPDATE SKIP LOCKED`;

/** Takes off all that is pending. */
export async function consumeBarely(database: Database): Promise<void> {
  for (let claimed = AT_ONCE; claimed === AT_ONCE; ) {
    claimed = await database.transaction(async (client) => {
      const { rows } = await client.query<{ arrival: number }>(CLAIM, [AT_ONCE]);
      await consumePending(
        client,
        rows.map(({ arrival }) => arrival),
      );
      return rows.length;
    });
  }
}
