/** S13 on the real Temporal server: two journeys of one subject tell each other how they went. */
import { expect, it } from 'vitest';
import { compiled } from '../rules/play.ts';
import { startSystem } from '../support/system.ts';

const START = Date.parse('2026-03-02T09:00:00Z');
const MINUTE_MS = 60_000;

it('who waits goes on at the end of what it runs, and takes it along when it ends itself', {
  timeout: 120_000,
}, async () => {
  const { versions, workspace } = compiled({
    caller: `trigger: { event: seen }
exit_on: [left]
steps:
  - id: nurse
    run: care
  - record: behind
    value: steps.nurse.outcome
`,
    care: `trigger: { run: only }
audience: contact.stage != "lost"
steps:
  - task: Call, please
    assign: kim
    wait_until_done: {}
`,
  });
  await using system = await startSystem({
    playbooks: { versions, surroundings: { settings: workspace.settings, people: workspace.people } },
    clock: { mode: 'stepped', at: START },
  });
  await system.post([
    { type: 'identify', userId: 'ada', traits: { stage: 'new' } },
    { userId: 'ada', event: 'seen' },
    { type: 'identify', userId: 'bob', traits: { stage: 'new' } },
    { userId: 'bob', event: 'seen' },
    { type: 'identify', userId: 'cyd', traits: { stage: 'lost' } },
    { userId: 'cyd', event: 'seen' },
  ]);
  for (let minute = 1; minute <= 3; minute++) await system.step(START + minute * MINUTE_MS);
  await system.post([
    { userId: 'ada', event: 'task.done', properties: { step: 'steps.0' } },
    { userId: 'bob', event: 'left' },
  ]);
  for (let minute = 4; minute <= 6; minute++) await system.step(START + minute * MINUTE_MS);
  const ended = await system.database.pool.query(
    'SELECT subject_id AS who, playbook, outcome, reason FROM enrolments ORDER BY 1, 2',
  );
  expect(ended.rows).toEqual([
    { who: 'ada', playbook: 'caller', outcome: 'completed', reason: 'steps' },
    { who: 'ada', playbook: 'care', outcome: 'completed', reason: 'steps' },
    { who: 'bob', playbook: 'caller', outcome: 'exited', reason: 'exit' },
    { who: 'bob', playbook: 'care', outcome: 'cancelled', reason: 'parent' },
    { who: 'cyd', playbook: 'caller', outcome: 'completed', reason: 'steps' },
  ]);
  const told = await system.database.pool.query(
    `SELECT subject_id AS who, value FROM outcomes WHERE name = 'behind' ORDER BY 1`,
  );
  expect(told.rows).toEqual([
    { who: 'ada', value: 'completed' },
    { who: 'cyd', value: 'refused' },
  ]);
  const tasks = await system.database.pool.query('SELECT status FROM tasks ORDER BY status');
  expect(tasks.rows).toEqual([{ status: 'done' }, { status: 'withdrawn' }]);
});
