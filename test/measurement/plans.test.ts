/** However much is stored, a report reads its days from the indexes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { periodOfDays } from '../../measurement/report.ts';
import { type Database, openDatabase } from '../../store/postgres/database.ts';
import { REPORTED, readReport } from '../../store/reports/measured/read-report.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';
import { enrol } from './people.ts';

const WEEK = periodOfDays('2026-02-23', '2026-03-01', 'UTC');
const WEEKS = 20;

/** Of twenty weeks and four playbooks; of what the report asks for, one part in many. */
const MUCH = `
  INSERT INTO firings (id, playbook, version_hash, subject_type, subject_id, key, at, arm, trigger, status, by_time, made_at)
    SELECT 'f' || n, 'p' || n % 4, 'v', 'contact', 'c' || n, '', '2026-03-01'::timestamptz - n * interval '10 minutes', 0, '{}',
           'refused', false, '2026-03-01'::timestamptz - n * interval '10 minutes' FROM generate_series(1, 20000) n;
  INSERT INTO tasks (id, playbook, subject_type, subject_id, title, due_at, created_at, changed_at)
    SELECT 't' || n, 'p0', 'contact', 'c' || n, 'Call', '2026-03-01'::timestamptz - n * interval '10 minutes', now(), now()
      FROM generate_series(1, 20000) n;
  INSERT INTO events (source, message_id, kind, name, at, received_at, ticket_id, properties)
    SELECT 's', CASE n % 10 WHEN 0 THEN 'sla.stopped:ticket/t:k:' || n ELSE 'm' || n END, 'own',
           CASE n % 10 WHEN 0 THEN 'sla.stopped' ELSE 'enrolment.started' END,
           '2026-03-01'::timestamptz - n * interval '10 minutes', now(), 't' || n, '{"is": "met", "policy": "p", "clock": "c"}'
      FROM generate_series(1, 20000) n;
  INSERT INTO deployments (playbook, version_hash, trigger_hash, deployed_at)
    SELECT 'p' || n, 'v', 't', now() FROM generate_series(0, 3) n;
  ANALYZE`;

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await testDatabase();
  database = openDatabase(test.url);
  for (let week = 0; week < WEEKS; week++) {
    const at = new Date(WEEK.from - week * 7 * 86_400_000).toISOString();
    for (let n = 0; n < 4; n++) {
      const of = { playbook: `p${n}`, prefix: `${n}-${week}-`, count: 500, converted: 50, at };
      await enrol(database.pool, of);
    }
  }
  await database.pool.query(MUCH);
}, 120_000);
afterAll(async () => {
  await database.close();
  await test.drop();
});

describe('a report', () => {
  it('reads no large table whole', async () => {
    const plans: string[] = [];
    const client = {
      async query(sql: string, values: unknown[]) {
        const { rows } = await database.pool.query(`EXPLAIN ${sql}`, values);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        plans.push(plan);
        // What goes on with the answer is given one.
        if (sql.includes('FROM deployments UNION')) return { rows: [{ playbook: 'p0' }] };
        return { rows: [] };
      },
    };
    // How complete records are is of all records there are: that one walk is the rule.
    await readReport(
      client as never,
      WEEK,
      REPORTED.filter((field) => field !== 'records' && field !== 'complete_profiles'),
    );
    const all = plans.join('\n');
    expect(all).not.toMatch(/Seq Scan on (enrolments|outcomes|firings|tasks|events)/);
    for (const index of [
      'enrolments_playbook_started_at',
      'firings_playbook_made_at',
      'tasks_due_at',
      'events_of_promises',
    ]) {
      expect(all).toContain(index);
    }
  });
});
