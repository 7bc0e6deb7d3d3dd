/** The one clock (architecture, decision 13): PostgreSQL's, through a stored warp. */

import type { Instant } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import type { Database, Queryable } from './database.ts';

/** `real`: PostgreSQL's clock. `warped`: `warp` virtual seconds a real second. `stepped`: moves by hand alone. */
export type ClockMode = 'real' | 'warped' | 'stepped';

export interface ClockReading {
  mode: ClockMode;
  warp: number;
  now: Instant;
}

export class ClockError extends Error {
  override readonly name = 'ClockError';
}

/** Now, as every part of Cuebook sees it. */
export async function now(client: Queryable): Promise<Instant> {
  const { rows } = await client.query<{ now: Instant }>('SELECT cuebook_now() AS now', []);
  return rows[0]!.now;
}

export async function readClock(client: Queryable): Promise<ClockReading> {
  const { rows } = await client.query<ClockReading>('SELECT mode, warp, cuebook_now() AS now FROM clock');
  return rows[0]!;
}

/**
 * Sets how time passes from here on.
 *
 * @param clock.at where a virtual clock starts; without it time goes on from where it is.
 * @throws ClockError when time would run backwards: now may not be before an event that was already received.
 */
export async function setClock(
  database: Database,
  clock: { mode: ClockMode; warp?: number; at?: Instant },
): Promise<ClockReading> {
  return database.transaction(async (client) => {
    await client.query(
      `UPDATE clock SET mode = $1, warp = $2, virtual_origin = COALESCE(cuebook_instant($3), cuebook_now()),
              real_origin = clock_timestamp()`,
      [clock.mode, clock.warp ?? 1, clock.at ?? null],
    );
    const reading = await readClock(client);
    const latest = await latestReceived(client);
    if (latest !== null && reading.now < latest) {
      throw new ClockError(
        `The clock cannot be set to ${isoInstant(reading.now)}: an event was received at ${isoInstant(latest)}, and time never runs ` +
          'backwards. Choose a later instant, or start with an empty store.',
      );
    }
    return reading;
  });
}

/**
 * Lets virtual time go on from where it was last saved: it does not pass while nothing runs. To be called once, by the
 * process that boots the others, before anything else reads the clock. A clock that was not saved (a crash) goes on
 * from the latest event received, if that is later: time never runs backwards.
 */
export async function resumeClock(database: Database): Promise<ClockReading> {
  return database.transaction(async (client) => {
    const latest = await latestReceived(client);
    await client.query(
      `UPDATE clock SET virtual_origin = GREATEST(virtual_origin, cuebook_instant($1)), real_origin = clock_timestamp()
        WHERE mode = 'warped'`,
      [latest],
    );
    return readClock(client);
  });
}

/** Saves what a warped clock shows, for `resumeClock`. To be called every second or so, and at the stop. */
export async function saveClock(client: Queryable): Promise<void> {
  // Read once for both columns: between two readings a warped clock would lose time.
  await client.query(
    `WITH reading AS MATERIALIZED (SELECT clock_timestamp() AS real)
     UPDATE clock SET real_origin = reading.real, virtual_origin = date_trunc('milliseconds', virtual_origin
              + make_interval(secs => extract(epoch FROM reading.real - real_origin)::float8 * warp))
       FROM reading WHERE mode = 'warped'`,
  );
}

/**
 * Moves a stepped clock to `to`.
 *
 * @throws ClockError when the clock is not stepped, or is later than `to`.
 */
export async function stepClock(client: Queryable, to: Instant): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE clock SET virtual_origin = cuebook_instant($1)
      WHERE mode = 'stepped' AND virtual_origin <= cuebook_instant($1)`,
    [to],
  );
  if (rowCount === 1) return;
  const { mode, now: shown } = await readClock(client);
  throw new ClockError(
    mode === 'stepped'
      ? `The clock stands at ${isoInstant(shown)} and cannot be stepped back to ${isoInstant(to)}.`
      : `The clock is ${mode}; only a stepped one can be moved by hand. Set it with setClock({ mode: 'stepped' }).`,
  );
}

/** How many of the latest arrivals are read: concurrent transactions commit out of order. */
const LATEST_ARRIVALS = 1_000;

async function latestReceived(client: Queryable): Promise<Instant | null> {
  const { rows } = await client.query<{ latest: Instant | null }>(
    `SELECT max(received_at) AS latest
       FROM (SELECT received_at FROM events ORDER BY arrival DESC LIMIT ${LATEST_ARRIVALS}) AS last`,
  );
  return rows[0]!.latest;
}
