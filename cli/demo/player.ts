/** Plays the company's days against the clock: sends what is due, a few times a second. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../../language/model.ts';
import { now } from '../../store/postgres/clock.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type Days, inOrder, type TimedCall } from './calls.ts';
import type { TrackingClient } from './client.ts';
import type { Traffic } from './traffic.ts';

export interface PlayerOptions {
  database: Database;
  client: TrackingClient;
  traffic: Traffic;
  days: Days;
}

export interface Player {
  /** Rejects when events cannot be sent; resolves after `stop`. */
  done: Promise<void>;
  stop(): Promise<void>;
}

const TICK_MS = 100;

export function play({ database, client, traffic, days }: PlayerOptions): Player {
  const stopping = new AbortController();
  let waiting: TimedCall[] = [];
  let plannedDays = 0;
  /** A day is planned when the one before it begins: its events are never late. */
  const plan = (until: Instant) => {
    while (days.at(plannedDays - 1, '00:00') <= until) {
      waiting = inOrder([...waiting, ...traffic.day(plannedDays)]);
      plannedDays += 1;
    }
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      const at = await now(database.pool);
      plan(at);
      const firstLater = waiting.findIndex((call) => call.at > at);
      const due = firstLater < 0 ? waiting : waiting.slice(0, firstLater);
      await client.send('batch', due);
      waiting = waiting.slice(due.length);
      await sleep(TICK_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
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
