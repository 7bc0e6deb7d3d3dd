/** E6: a journey whose contact is merged while one of its steps waits for the lock goes on under the other's lock. */
import { afterEach, expect, it } from 'vitest';
import { lockSubjects } from '../../store/evaluation/subjects.ts';
import { untilWaitedFor } from '../support/lock-waits.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

it('a step of it is done once, about the contact whose it is by then', async () => {
  const text = 'playbook: p\ntrigger: { event: a }\nsteps: [{ task: "Call {{ contact.id }}", assign: kim, due: 1d }]\n';
  stage = await startStage([{ path: 'p.yaml', text }], { settings: { globalHoldoutPercent: 0 } });
  await stage.record('contact', 'visitor', {});
  await stage.record('contact', 'ada', {});
  const visitor = { type: 'contact' as const, id: 'visitor' };
  const id = await stage.enrol('p', { subject: visitor });
  let asked: Promise<unknown> | undefined;
  await stage.database.transaction(async (client) => {
    await lockSubjects(client, [visitor]);
    asked = stage.ask(id, { name: 'do', path: 'steps.0' });
    await untilWaitedFor(client);
    await client.query("UPDATE enrolments SET subject_id = 'ada'");
    await client.query("UPDATE firings SET subject_id = 'ada'");
  });
  await asked;
  expect(await stage.rows('SELECT subject_id, title FROM tasks')).toEqual([{ subject_id: 'ada', title: 'Call ada' }]);
});
