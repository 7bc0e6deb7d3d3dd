/** `assign` on PostgreSQL: whose turn it is holds across batches (S16). */
import { afterEach, expect, it } from 'vitest';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

it('takes turns within a batch and across batches', async () => {
  const text =
    'playbook: p\ntrigger: { event: cart.updated }\nsteps:\n  - assign: owner\n    by: round_robin\n    among: team:sales\n';
  stage = await startStage([{ path: 'p.yaml', text }], { settings: { globalHoldoutPercent: 0 } });
  await stage.record('contact', 'ada', { name: 'Ada', owner: 'kim' });
  const { askAll, enrol, rows } = stage;
  const ids = await Promise.all(['a', 'b', 'c', 'd'].map((id) => enrol('p', { subject: { type: 'contact', id } })));
  const command = { name: 'do', path: 'steps.0' } as const;
  await Promise.all([ids.slice(0, 2), ids.slice(2)].map((some) => askAll(some.map((id) => ({ id, command })))));
  expect(await rows('SELECT person, times FROM turns ORDER BY person')).toEqual([
    { person: 'kim', times: 2 },
    { person: 'max', times: 2 },
  ]);
  expect(await rows(`SELECT count(*)::int AS n FROM contacts WHERE traits ? 'owner' AND id <> 'ada'`)).toEqual([
    { n: 4 },
  ]);
});
