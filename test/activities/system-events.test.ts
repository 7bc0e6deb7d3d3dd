/** E9: what a step tells is an event on the timeline, with an id that a repeat has as well, and with its fields. */
import { afterEach, expect, it } from 'vitest';
import { effectIdOf } from '../../language/hash.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const TEXT = `playbook: p
trigger: { event: a, key: event.k }
steps:
  - { send: email, template: cart-reminder, class: transactional }
  - { task: Call, assign: kim, due: 1d }
  - { update: { contact.stage: worked } }
`;

it('a mail, a task, a changed record and an ending', async () => {
  stage = await startStage([{ path: 'p.yaml', text: TEXT }], { settings: { globalHoldoutPercent: 0 } });
  await stage.record('contact', 'ada', { email: 'ada@example.com' });
  const id = await stage.enrol('p', { key: 'c1' });
  await stage.ask(id, { name: 'do', path: 'steps.0', leaves: true });
  for (const path of ['steps.1', 'steps.2']) await stage.ask(id, { name: 'do', path });
  await stage.ask(id, { name: 'finish', path: 'finish', ending: { outcome: 'completed', reason: 'steps' } });

  const effect = (path: string) => effectIdOf(id, { path, iteration: '' });
  const [message, task, update] = ['steps.0', 'steps.1', 'steps.2'].map(effect);
  const about = { playbook: 'p', enrolment: id, key: 'c1' };
  const told = [
    {
      messageId: `email.sent:${message}`,
      properties: { ...about, step: 'steps.0', template: 'cart-reminder', message },
    },
    { messageId: `task.created:${task}`, properties: { ...about, step: 'steps.1', task } },
    {
      messageId: `contact.updated:${update}`,
      properties: { ...about, step: 'steps.2', by: 'update' },
      patches: [{ type: 'contact', id: 'ada', traits: { stage: 'worked' } }],
    },
    { messageId: `enrolment.ended:${id}`, properties: { ...about, outcome: 'completed', reason: 'steps' } },
  ];
  const rows = await stage.rows(
    `SELECT e.name, k.message_id AS "messageId", e.contact_id AS contact, e.properties, e.patches
       FROM events e JOIN event_keys k ON k.arrival = e.arrival WHERE e.kind = 'own' ORDER BY e.arrival`,
  );
  expect(rows).toEqual(
    told.map(({ messageId, properties, patches = [] }) => {
      return { name: messageId.split(':')[0], messageId, contact: 'ada', properties, patches };
    }),
  );
});
