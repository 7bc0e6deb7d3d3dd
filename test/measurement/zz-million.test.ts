import { it } from 'vitest';
import { openDatabase } from '../../store/postgres/database.ts';
import { readLift } from '../../store/reports/measured/read-lift.ts';
import { testDatabase } from '../support/postgres.ts';

it('million', async () => {
  const test = await testDatabase();
  const db = openDatabase(test.url);
  const q = (s: string, v: unknown[] = []) => db.pool.query(s, v);
  const t0 = Date.now();
  for (let k = 0; k < 10; k++)
    await q(`INSERT INTO enrolments (id, firing_id, playbook, version_hash, subject_type, subject_id, key, trigger, started_at, ghost, outcome, ended_at)
    SELECT md5(n::text), n::text, 'p' || n % 20, 'v', 'contact', 'c' || n % 200000, '', '{}', '2026-03-02'::timestamptz - (n % 364) * interval '1 day', n % 200000 % 10 = 0, 'completed', now() FROM generate_series(${k}*100000+1, ${k}*100000+100000) n`);
  for (let k = 0; k < 10; k++)
    await q(`INSERT INTO outcomes (id, enrolment_id, playbook, version_hash, path, subject_type, subject_id, name, value, at)
    SELECT n::text || p, md5(n::text), 'p' || n % 20, 'v', p, 'contact', 'c' || n % 200000, CASE p WHEN 'finish' THEN CASE n % 7 WHEN 0 THEN 'converted' ELSE 'completed' END ELSE 'x' END, to_jsonb(n % 100), '2026-03-03'::timestamptz - (n % 364) * interval '1 day' FROM generate_series(${k}*100000+1, ${k}*100000+100000) n, unnest('{finish,steps.1}'::text[]) p`);
  await q(
    `INSERT INTO assignments (playbook, experiment, subject_type, subject_id, arm, at) SELECT DISTINCT ON (1,2,3,4) 'p' || n % 20, 'e', 'contact', 'c' || n % 200000, CASE n % 200000 % 2 WHEN 0 THEN 'a' ELSE 'b' END, '2025-01-01'::timestamptz FROM generate_series(1, 1000000) n`,
  );
  for (const t of ['enrolments', 'outcomes', 'assignments']) await q('VACUUM ANALYZE ' + t);
  console.log('filled', Date.now() - t0);
  const names = Array.from({ length: 20 }, (_, i) => 'p' + i);
  for (const [label, days, list] of [
    ['week all', 7, names],
    ['91 days all', 91, names],
    ['year all', 400, names],
    ['year one', 400, ['p3']],
  ] as const) {
    const until = Date.parse('2026-03-03');
    const t = Date.now();
    await readLift(db.pool, list as never, { from: until - days * 86400000, until });
    console.log(label, Date.now() - t, 'ms');
    const client = {
      async query(s: string, v: unknown[]) {
        if (label.startsWith('91'))
          console.log(
            (await db.pool.query('EXPLAIN (ANALYZE, BUFFERS) ' + s, v)).rows.map((r) => r['QUERY PLAN']).join('\n'),
          );
        return { rows: [] };
      },
    };
    await readLift(client as never, list as never, { from: until - days * 86400000, until });
  }
  await db.close();
  await test.drop();
}, 300000);
