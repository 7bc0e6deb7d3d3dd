/** N1 on real parts: playbooks that feed each other end, and the refusal names the ring. */
import { expect, it } from 'vitest';
import { compiled } from '../rules/play.ts';
import { startSystem } from '../support/system.ts';

it('a ring of playbooks ends live, and why it did is recorded', { timeout: 120_000 }, async () => {
  const { versions, workspace } = compiled({
    calls: `trigger: { event: [seen, contact.updated] }\nagain: always\nsteps: [{ task: Call, assign: kim, due: 1d }]`,
    counts: `trigger: { event: task.created }\nagain: always\nsteps: [{ wait: 1ms }, { update: { contact.points: { add: 1 } } }]`,
  });
  await using system = await startSystem({
    playbooks: { versions, surroundings: { settings: workspace.settings, people: workspace.people } },
    clock: { mode: 'stepped', at: Date.parse('2026-03-02T09:00:00Z') },
  });
  await system.post([{ userId: 'ada', event: 'seen' }]);
  for (let second = 1; second <= 20; second++) await system.step(Date.parse('2026-03-02T09:00:00Z') + second * 1000);
  const firings = await system.database.pool.query(
    'SELECT playbook, status, reason, count(*)::int AS n FROM firings GROUP BY 1, 2, 3 ORDER BY 1, 2',
  );
  expect(firings.rows).toEqual([
    { playbook: 'calls', status: 'enrolled', reason: null, n: 5 },
    { playbook: 'calls', status: 'refused', reason: 'loop', n: 1 },
    { playbook: 'counts', status: 'enrolled', reason: null, n: 5 },
  ]);
  const decisions = await system.database.pool.query(`SELECT looked FROM decisions WHERE verdict LIKE '%loop%'`);
  expect(decisions.rows).toMatchObject([{ looked: { ring: ['calls', 'counts', 'calls'] } }]);
});
