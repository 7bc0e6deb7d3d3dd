/** Tells what happens as it happens, each thing once, however late its transaction commits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readClock } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Activity, readActivities } from '../../store/reports/activity-feed.ts';

export interface Follower {
  /** Rejects when the store cannot be read; resolves after `stop`. */
  done: Promise<void>;
  /** Looks once more, then ends. */
  stop(): Promise<void>;
}

const LOOK_MS = 250;
/** No transaction lasts longer: what is stamped earlier than this has been seen. */
const MAX_COMMIT_MS = 30_000;
const MOST = 2_000;

/**
 * A cursor would lose what commits after something younger. So each look goes back over everything that may still have
 * been under way at the last one, and what was told then is passed over.
 */
export function follow(database: Database, tell: (happening: Activity) => void): Follower {
  const stopping = new AbortController();
  let told = new Set<string>();
  const look = async () => {
    const { now, warp } = await readClock(database.pool);
    const found = await readActivities(database, {
      since: Math.max(0, now - MAX_COMMIT_MS * warp),
      most: MOST,
    });
    const keyOf = ({ id, status }: Activity) => `${id} ${status}`;
    for (const happening of found.toReversed()) if (!told.has(keyOf(happening))) tell(happening);
    told = new Set(found.map(keyOf));
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      await look();
      await sleep(LOOK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await look();
  };
  const done = run();
  return {
    done,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
