/** What waits beside the pending events: each round looks whether there is any of it, before it looks for whose it is. */
import type { Instant } from '../../language/model.ts';
import type { Queryable } from '../postgres/database.ts';

export interface Waiting {
  /** Whether any events wait apart (architecture, decision 2). */
  hasApart: boolean;
  /** Whether any firing waits for a journey of its key to come far enough (N1). */
  hasDeferred: boolean;
  /** When the first firing that waits for its audience has waited long enough (N1); null where none waits. */
  firstExpiry: Instant | null;
}

/** Each is the first entry of an index that holds nothing else. */
export async function readWaiting(client: Queryable): Promise<Waiting> {
  const { rows } = await client.query<Waiting>(
    `SELECT (SELECT min(apart) FROM pending_events WHERE set_aside_at IS NULL AND apart IS NOT NULL) IS NOT NULL AS "hasApart",
            (SELECT min(at) FROM firings WHERE status = 'deferred' AND reason IS NULL) IS NOT NULL AS "hasDeferred",
            (SELECT min(waits_until) FROM firings WHERE status = 'deferred' AND reason = 'audience') AS "firstExpiry"`,
    [],
  );
  return rows[0]!;
}
