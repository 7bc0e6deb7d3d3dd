/** The lower bound of the evaluator: the rows of its list claimed and deleted, and nothing evaluated. */

import { claimPending, consumePending } from '../../store/events/pending-events.ts';
import type { Database } from '../../store/postgres/database.ts';

/** As many as the evaluator takes in one transaction. */
const AT_ONCE = 500;

/** Takes off all that is pending. */
export async function consumeBarely(database: Database): Promise<void> {
  for (let claimed = AT_ONCE; claimed === AT_ONCE; ) {
    claimed = await database.transaction(async (client) => {
      const arrivals = await claimPending(client, AT_ONCE);
      await consumePending(client, arrivals);
      return arrivals.length;
    });
  }
}
