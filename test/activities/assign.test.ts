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

it('gives to whom it was given longest ago, and knows who had it before (S16)', async () => {
  const text =
    'playbook: p\ntrigger: { event: cart.updated }\nsteps:\n  - { assign: owner, by: round_robin, among: team:sales }\n  - { assign: owner, by: round_robin, among: team:sales, except: tried }\n';
  stage = await startStage([{ path: 'p.yaml', text }], { settings: { globalHoldoutPercent: 0 } });
  const { askAll, enrol, rows, database } = stage;
  // max was away for long: kim has had all the turns.
  await database.pool.query(
    "INSERT INTO turns (playbook, person, times, turn) VALUES ('p', 'max', 1, 1), ('p', 'kim', 9, 10)",
  );
  const ids = await Promise.all(['a', 'b', 'c', 'd'].map((id) => enrol('p', { subject: { type: 'contact', id } })));
  const at = (path: string) => ({ name: 'do', path }) as const;
  for (const id of ids) await askAll([{ id, command: at('steps.0') }]);
  const owners = await rows("SELECT id, traits->>'owner' AS owner FROM contacts ORDER BY id");
  expect(owners.map(({ owner }) => owner)).toEqual(['max', 'kim', 'max', 'kim']);
  expect(await rows('SELECT person, turn::int FROM turns ORDER BY person')).toEqual([
    { person: 'kim', turn: 14 },
    { person: 'max', turn: 13 },
  ]);
  await askAll([{ id: ids[0]!, command: at('steps.1') }]);
  expect(await rows("SELECT detail FROM effects WHERE path = 'steps.1'")).toEqual([
    { detail: { assign: 'owner', to: 'kim', from: 'max' } },
  ]);
});
