/** What is asked at every round and every merge is answered from an index, however much is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decidableFirings, expireWaiting } from '../../store/evaluation/firings.ts';
import { unconsumedOf } from '../../store/events/timeline-entries.ts';
import { type Database, openDatabase, type Queryable } from '../../store/postgres/database.ts';
import { moveArms, moveFirings } from '../../store/records/identity-links.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

const MUCH = `
  INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, reason,
                       by_time, made_at, waits_until)
    SELECT 'f' || n, 'p', 'v', 'contact', 'c' || n, '', now(), 0, '{}',
           CASE n % 3 WHEN 0 THEN 'enrolled' ELSE 'deferred' END, CASE n % 3 WHEN 1 THEN 'anonymous' WHEN 2 THEN 'audience' END,
           false, now(), now() + interval '30 days' FROM generate_series(1, 30000) n;
  INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at)
    SELECT id, id, playbook, 'v', 'contact', subject_id, '', '{}', at FROM firings WHERE status = 'enrolled';
  INSERT INTO decisions (playbook, firing_id, subject_type, subject_id, kind, verdict, at, decided_at)
    SELECT playbook, id, 'contact', subject_id, 'entry', 'deferred', at, at FROM firings;
  INSERT INTO assignments (playbook, experiment, subject_type, subject_id, arm, at)
    SELECT 'p', 'e', 'contact', 'c' || n, 'a', now() FROM generate_series(1, 30000) n;
  INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
    SELECT 'account', 'acme', now() - n * interval '1 minute', now(), n, 'x' FROM generate_series(1, 60000) n;
  INSERT INTO pending_events (arrival, at, received_at)
    SELECT n, now() - n * interval '1 minute', now() FROM generate_series(1, 200) n;
  ANALYZE`;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await testDatabase();
  database = openDatabase(test.url);
  await database.pool.query(MUCH);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

/** How PostgreSQL answers the statements of a call where it reads a table whole only if it must; nothing is done. */
async function plansOf(call: (client: Queryable) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  const client = {
    async query(sql: string, values: unknown[]) {
      const { rows } = await database.transaction(async (own) => {
        await own.query('SET LOCAL enable_seqscan = off');
        return own.query(`EXPLAIN ${sql}`, values);
      });
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return { rows: [] };
    },
  };
  await call(client as unknown as Queryable);
  return plans.join('\n');
}

const READ_WHOLE = /Seq Scan on (firings|enrolments|decisions|assignments|timeline)/;

describe('a round', () => {
  it('does not read the firings that are deferred for another reason', async () => {
    expect(await plansOf((client) => decidableFirings(client, 100))).toMatch(/Index .*firings_released/);
    expect(await plansOf((client) => expireWaiting(client, Date.now(), 100))).toMatch(/Index .*firings_audience_waits/);
  });

  it('reads no more of a long timeline for a late event than goes back as far as anything waits', async () => {
    const plan = await plansOf((client) => unconsumedOf(client, { type: 'account', id: 'acme' }));
    expect(plan).toMatch(/Index Cond: .*at >= /);
  });
});

describe('a merge', () => {
  it('finds what follows the contact by the contact', async () => {
    const moves = [{ id: 'f3', from: 'c3', to: 'ada' }];
    expect(await plansOf((client) => moveFirings(client, moves))).not.toMatch(READ_WHOLE);
    expect(await plansOf((client) => moveArms(client, [{ from: 'c3', to: 'ada' }]))).not.toMatch(READ_WHOLE);
  });
});
