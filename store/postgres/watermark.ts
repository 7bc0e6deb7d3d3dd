/**
 * Up to which instant every event is committed and visible (architecture, decision 2). Whoever writes an event holds the
 * writers' lock first and reads `receivedAt` after it; so once every holder that was seen at an instant has ended, no
 * event received before that instant is on its way.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../../language/model.ts';
import { EVENT_WRITERS_LOCK } from '../events/events.ts';
import type { Database } from './database.ts';

export interface Watermark {
  /** Takes a look; every event received before the answer is committed and visible. Never moves back. */
  settled(): Promise<Instant>;
  /** Looks until the instant lies before `settled`, for `withinMs` of real time at most. */
  reach(at: Instant, withinMs: number): Promise<boolean>;
}

/** The instant is read first: who takes the lock after the list was made reads a later `receivedAt`. */
const LOOK = `
WITH instant AS MATERIALIZED (SELECT cuebook_now() AS now)
SELECT now, (SELECT coalesce(array_agg(virtualtransaction), '{}') FROM pg_locks
  WHERE now IS NOT NULL AND locktype = 'advisory' AND granted AND mode = 'ShareLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = $1::bigint::oid AND objid = $2::bigint::oid AND objsubid = 1) AS holders
FROM instant`;

const LOCK_HIGH = Math.floor(EVENT_WRITERS_LOCK / 2 ** 32);
const LOCK_LOW = EVENT_WRITERS_LOCK % 2 ** 32;
/** Looks that still wait for a holder; in between them none is lost by forgetting some. */
const MAX_WAITING = 32;
const LOOK_AGAIN_MS = 2;
/** Until the first look has outlived its holders: before any event, and an instant that PostgreSQL can be asked about. */
const BEFORE_EVENTS: Instant = Date.UTC(1900, 0, 1);

export function openWatermark(database: Database): Watermark {
  let settledAt: Instant = BEFORE_EVENTS;
  let waiting: { at: Instant; holders: Set<string> }[] = [];

  const settled = async (): Promise<Instant> => {
    const { rows } = await database.pool.query<{ now: Instant; holders: string[] }>(LOOK, [LOCK_HIGH, LOCK_LOW]);
    const { now, holders } = rows[0]!;
    const present = new Set(holders);
    waiting.push({ at: now, holders: present });
    for (const look of waiting) look.holders = new Set([...look.holders].filter((holder) => present.has(holder)));
    for (const look of waiting) if (look.holders.size === 0) settledAt = Math.max(settledAt, look.at);
    waiting = waiting.filter((look) => look.holders.size > 0);
    if (waiting.length > MAX_WAITING) waiting.splice(1, 1);
    return settledAt;
  };

  return {
    settled,
    async reach(at, withinMs) {
      const giveUpAt = performance.now() + withinMs;
      for (;;) {
        if ((await settled()) > at) return true;
        if (performance.now() >= giveUpAt) return false;
        await pause(LOOK_AGAIN_MS);
      }
    },
  };
}
