/** G1 on real parts: a goal that is met behind the end runs its steps, once, in a workflow of its own. */
import { expect, it } from 'vitest';
import { unstartedCohorts } from '../../store/journeys/cohorts.ts';
import { compiled } from '../rules/play.ts';
import { startSystem } from '../support/system.ts';

const START = Date.parse('2026-03-02T09:00:00Z');

it('a conversion behind the end, and one under `then: continue`, run `on_goal` and leave the journey alone', {
  timeout: 120_000,
}, async () => {
  const onGoal =
    'on_goal:\n  - update: { contact.points: { add: 5 } }\n  - id: call\n    task: Thank {{ contact.name }}\n    assign: kim\n';
  const { versions, workspace } = compiled({
    behind: `trigger: { event: seen }\ngoal: { event: bought, within: 7d, value: event.total }\nsteps: [{ record: asked }]\n${onGoal}`,
    beside: `trigger: { event: seen }\ngoal: { event: bought, within: 7d, then: continue }\nsteps: [{ wait: 1h }, { record: waited }]\non_goal: [{ record: thanked }]\n`,
    silent: `trigger: { event: seen }\ngoal: { event: bought, within: 7d }\nsteps: [{ record: nothing }]\n`,
  });
  await using system = await startSystem({
    playbooks: { versions, surroundings: { settings: workspace.settings, people: workspace.people } },
    clock: { mode: 'stepped', at: START },
  });
  const { pool } = system.database;
  await system.post([
    { type: 'identify', userId: 'ada', traits: { name: 'Ada', points: 1 } },
    { userId: 'ada', event: 'seen' },
  ]);
  await system.step(START + 60_000);
  await system.post([{ userId: 'ada', event: 'bought', properties: { total: 80 } }]);
  for (let second = 61; second <= 66; second++) await system.step(START + second * 1_000);
  const outcomes = async () => {
    const { rows } = await pool.query(
      'SELECT playbook, name, after_end, value FROM outcomes ORDER BY playbook, after_end, name',
    );
    return rows.map((row) => Object.values(row).join(' '));
  };
  const settled = async () => {
    const { rows } = await pool.query('SELECT count(*)::int AS n FROM tasks');
    return rows[0].n;
  };
  await expect.poll(settled, { timeout: 20_000, interval: 100 }).toBe(1);
  await expect
    .poll(outcomes, { timeout: 20_000, interval: 100 })
    .toEqual([
      'behind asked false ',
      'behind completed false ',
      'behind converted true 80',
      'beside thanked false ',
      'beside converted true ',
      'silent completed false ',
      'silent nothing false ',
      'silent converted true ',
    ]);
  const open = await pool.query('SELECT playbook, next_at AS at FROM enrolments WHERE outcome IS NULL');
  expect(open.rows).toEqual([{ playbook: 'beside', at: START + 3_600_000 }]);
  await system.step(START + 3_601_000);
  const ended = await pool.query('SELECT playbook, outcome, reason FROM enrolments ORDER BY 1');
  expect(ended.rows).toEqual([
    { playbook: 'behind', outcome: 'completed', reason: 'steps' },
    { playbook: 'beside', outcome: 'completed', reason: 'steps' },
    { playbook: 'silent', outcome: 'completed', reason: 'steps' },
  ]);
  const points = await pool.query("SELECT traits->'points' AS points FROM contacts WHERE id = 'ada'");
  expect(points.rows).toEqual([{ points: 6 }]);
  const tasks = await pool.query('SELECT title, status FROM tasks');
  expect(tasks.rows).toEqual([{ title: 'Thank Ada', status: 'open' }]);
  // A crash between claim and start leaves the same cohort, with what it was claimed for.
  await pool.query('UPDATE cohorts SET started_at = NULL WHERE id IN (SELECT cohort_id FROM conversions)');
  const again = await unstartedCohorts(pool, { except: [], most: 10 });
  expect(
    again.map(({ playbook, members }) => [playbook, members.length, members[0]?.conversion?.at !== undefined]).sort(),
  ).toEqual([
    ['behind', 1, true],
    ['beside', 1, true],
  ]);
});
