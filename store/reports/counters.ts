/** What has happened so far, counted (`counters`): sums that never fall. Triggers of the database count. */
import type { Database, Queryable } from '../postgres/database.ts';

export type CounterKind =
  | 'firings'
  /** Firings that a late event has undone (E5). */
  | 'firings_undone'
  | 'enrolments'
  /** Mails that were handed over. */
  | 'mails'
  /** Effects whose message failed for good. */
  | 'sends_failed'
  | 'tasks'
  | 'escalations'
  /** Whatever has written one: endings, conversions after the end, `record` steps. */
  | 'outcomes'
  /** Enrolments that have ended, by how. */
  | 'endings'
  /** Goals that were met, before the end or after it (G2). */
  | 'conversions'
  | 'closed_keys'
  /** Addresses that client keys did not overwrite (E10): by source, not playbook, and trait. */
  | 'kept_addresses'
  | BeyondKind;

/** What did not count because it was beyond a limit: claims of contacts' ids (E6) by the limit, lists (E8) by their names. */
export type BeyondKind = 'uncounted_claims' | 'unread_lists';

/** One more of something, or several. */
export interface Increment {
  kind: CounterKind;
  /** Of a kept address its source; empty for what is no playbook's. */
  playbook: string;
  name: string;
  count: number;
}

export interface CounterValue {
  kind: CounterKind;
  playbook: string;
  /** An outcome's, an ending's, a kept address's trait, a limit, a list's; else empty. */
  name: string;
  count: number;
}

/** Counts what no trigger of the database sees, in the transaction in which it happens. */
export async function count(client: Queryable, increments: readonly Increment[]): Promise<void> {
  if (increments.length === 0) return;
  await client.query(
    `INSERT INTO counter_increments (kind, playbook, name, count)
     SELECT kind, playbook, name, count
       FROM jsonb_to_recordset($1::jsonb) AS w (kind text, playbook text, name text, count bigint)`,
    [JSON.stringify(increments)],
  );
}

/** Counters with what was not yet added to them, by one snapshot: read while they are added, none is missed or doubled. */
export async function readCounters({ prisma }: Database): Promise<CounterValue[]> {
  const [counters, increments] = await prisma.$transaction(
    [
      prisma.counter.findMany(),
      prisma.counterIncrement.groupBy({ by: ['kind', 'playbook', 'name'], _sum: { count: true }, orderBy: [] }),
    ],
    { isolationLevel: 'RepeatableRead' },
  );
  const values = new Map<string, CounterValue>();
  const add = ({ kind, playbook, name }: (typeof counters)[number], count: bigint) => {
    const key = JSON.stringify([kind, playbook, name]);
    const before = values.get(key)?.count ?? 0;
    values.set(key, { kind: kind as CounterKind, playbook, name, count: before + Number(count) });
  };
  for (const counter of counters) add(counter, counter.count);
  for (const { _sum, ...of } of increments) add({ ...of, count: 0n }, _sum.count ?? 0n);
  return [...values.values()];
}

/** Two that add at once would wait for each other's rows. */
const ADDING_LOCK = 7_241_550_004;
const MAX_ADDED = 50_000;

/** Adds increments to the counters, so that there are few of them to sum up. Does nothing while another process does. */
export async function addIncrements(client: Queryable): Promise<void> {
  await client.query(
    `WITH locked AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${ADDING_LOCK}) AS is_mine),
     added AS (DELETE FROM counter_increments WHERE (SELECT is_mine FROM locked)
                AND id IN (SELECT id FROM counter_increments ORDER BY id LIMIT ${MAX_ADDED})
              RETURNING kind, playbook, name, count)
     INSERT INTO counters AS c (kind, playbook, name, count)
     SELECT kind, playbook, name, sum(count) FROM added GROUP BY kind, playbook, name
     ON CONFLICT (kind, playbook, name) DO UPDATE SET count = c.count + excluded.count`,
  );
}
