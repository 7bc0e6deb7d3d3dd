/**
 * The watermark: the instant up to which every event is committed and visible (architecture, decision 2). A transaction
 * that writes an event takes the writers' lock first and reads `receivedAt` after it; so once every holder of the lock
 * that was seen at an instant has ended, no event received before that instant can still be committed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Instant } from '../../language/model.ts';
import { EVENT_WRITERS_LOCK } from '../events/events.ts';
import type { Database, Queryable } from './database.ts';

export interface Watermark {
  /**
   * Reads it: every event received before the answer is committed and visible. Never moves back.
   *
   * @param client a transaction whose next statements see these events; without it any connection asks
   */
  read(client?: Queryable): Promise<Instant>;
  /** Reads until the watermark lies after the instant, for `withinMs` of real time at most. */
  reach(at: Instant, withinMs: number): Promise<boolean>;
}

/** The instant is read first: a transaction that takes the lock after the list was made reads a later `receivedAt`. */
const HOLDERS = `
WITH instant AS MATERIALIZED (SELECT cuebook_now() AS now)
SELECT now, (SELECT coalesce(array_agg(virtualtransaction), '{}') FROM pg_locks
  WHERE now IS NOT NULL AND locktype = 'advisory' AND granted AND mode = 'ShareLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = $1::bigint::oid AND objid = $2::bigint::oid AND objsubid = 1) AS holders
FROM instant`;

const LOCK_HIGH = Math.floor(EVENT_WRITERS_LOCK / 2 ** 32);
const LOCK_LOW = EVENT_WRITERS_LOCK % 2 ** 32;
/** Readings that still wait for a holder. Dropping one in between only makes the watermark move later. */
const MAX_WAITING = 32;
const READ_AGAIN_MS = 2;
/** Until the first reading has outlived its holders: before any event, and an instant that PostgreSQL can be asked about. */
const BEFORE_EVENTS: Instant = Date.UTC(1900, 0, 1);

export function openWatermark(database: Database): Watermark {
  let watermark: Instant = BEFORE_EVENTS;
  let waiting: { at: Instant; holders: Set<string> }[] = [];

  const read = async (client: Queryable = database.pool): Promise<Instant> => {
    const { rows } = await client.query<{ now: Instant; holders: string[] }>(HOLDERS, [LOCK_HIGH, LOCK_LOW]);
    const { now, holders } = rows[0]!;
    const present = new Set(holders);
    waiting.push({ at: now, holders: present });
    for (const reading of waiting)
      reading.holders = new Set([...reading.holders].filter((holder) => present.has(holder)));
    for (const reading of waiting) if (reading.holders.size === 0) watermark = Math.max(watermark, reading.at);
    waiting = waiting.filter((reading) => reading.holders.size > 0);
    if (waiting.length > MAX_WAITING) waiting.splice(1, 1);
    return watermark;
  };

  return {
    read,
    async reach(at, withinMs) {
      const giveUpAt = performance.now() + withinMs;
      for (;;) {
        if ((await read()) > at) return true;
        if (performance.now() >= giveUpAt) return false;
        await pause(READ_AGAIN_MS);
      }
    },
  };
}
