/**
 * A worker dies behind the commit that begins a wait, and before its workflow's task is written. What the wait is for comes
 * meanwhile: its signal stands in the history before the workflow has the wait, and means nothing to it then.
 */
import { expect, it } from 'vitest';
import { MemberSet } from '../../workflows/cohort/member-set.ts';
import type { CohortItem } from '../../workflows/cohort/types.ts';
import { HOUR, MINUTE, START, startStage } from '../activities/stage.ts';

const WAITS = `
playbook: p
trigger: { event: came }
steps:
  - record: begun
  - id: waits
    wait_for: booked
    then: [{ record: booked }]
`;

it('the wait is over once the workflow has it again, at the instant of what came', { timeout: 60_000 }, async () => {
  const stage = await startStage([{ path: 'p.yaml', text: WAITS }]);
  await stage.record('contact', 'ada', { name: 'Ada' });
  const id = await stage.enrol('p');
  const { program } = stage.version('p').playbook;
  const complain = (_: string, error: unknown) => {
    throw error;
  };
  const begin = () => new MemberSet({ program, complain }, [{ id, startedAt: START }]);
  const carryOut = async (set: MemberSet): Promise<CohortItem[]> => {
    const items = set.takeReady('decide');
    const answers = await stage.askAll(items);
    set.takeReply(items, { items: items.map((item, i) => ({ id: item.id, answer: answers[i]! })), clock }, 0);
    return items;
  };
  const clock = { now: START + HOUR, warp: 0, readAtMs: 0 };
  const first = begin();
  expect((await carryOut(first)).map(({ command }) => command.name)).toEqual(['do']);
  expect((await carryOut(first)).map(({ command }) => command.name)).toEqual(['listen']);
  // Dead. What it waits for is booked, and the evaluator leaves an input.
  const came = START + 50 * MINUTE;
  await stage.step(START + HOUR);
  await stage.event('booked', { at: came });
  await stage.rows(
    `INSERT INTO journey_inputs (enrolment_id, n, kind, path, iteration, arm, at, event)
     VALUES ($1, 1, 'match', 'steps.1', '', 0, cuebook_instant($2), 'm1')`,
    [id, came],
  );
  const again = begin();
  again.notify([{ id, input: { n: 1, kind: 'match', at: came, path: 'steps.1', iteration: '', arm: 0, event: 'm1' } }]);
  const asked: string[] = [];
  for (let n = 0; n < 8 && !again.isOver; n++) {
    again.wake(clock, 0);
    for (const { command } of again.hasReady('decide') ? await carryOut(again) : [])
      asked.push(`${command.name} ${command.path} ${command.at - START}`);
  }
  expect(asked).toEqual([
    'do steps.0 0',
    'listen steps.1 0',
    `look steps.1 ${50 * MINUTE}`,
    `do steps.1.then.0 ${50 * MINUTE}`,
    `finish finish ${50 * MINUTE}`,
  ]);
  expect(await stage.rows('SELECT name FROM outcomes ORDER BY 1')).toEqual([
    { name: 'begun' },
    { name: 'booked' },
    { name: 'completed' },
  ]);
  await stage.close();
});
