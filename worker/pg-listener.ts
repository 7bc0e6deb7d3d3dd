/** PostgreSQL's notifications: that there is something to do, not what. Polls find the same, later. */
import type { Notification, PoolClient } from 'pg';
import type { Database } from '../store/postgres/database.ts';
import { pause } from './backoff.ts';

export interface PgListener {
  close(): Promise<void>;
}

const RECONNECT_MS = 1_000;

/**
 * Calls `wake` at each notification on one of the channels, and whenever the connection is new: notifications that came
 * while there was none are lost. Holds one connection of the pool; a lost one is replaced.
 *
 * @param channels names that need no quoting.
 */
export function listen(database: Database, channels: readonly string[], wake: (channel: string) => void): PgListener {
  const stopping = new AbortController();
  const listenOnce = async (client: PoolClient) => {
    const lost = new Promise<void>((resolve) => {
      client.once('end', () => resolve());
      client.once('error', () => resolve());
      stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ({ channel }: Notification) => wake(channel));
    try {
      for (const channel of channels) await client.query(`LISTEN ${channel}`);
      for (const channel of channels) wake(channel);
      await lost;
    } finally {
      client.release(true);
    }
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await listenOnce(await database.pool.connect());
      } catch {
        // The polls of the loops that are woken meet the same failure, and report it.
      }
      await pause(RECONNECT_MS, stopping.signal);
    }
  };
  const ended = run();
  return {
    async close() {
      stopping.abort();
      await ended;
    },
  };
}
