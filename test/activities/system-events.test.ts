/** E9: what a step tells is the same event on PostgreSQL as in virtual time, by its id and with its fields. */
import { afterEach, expect, it } from 'vitest';
import type { VirtualEnrolment } from '../../simulate/journeys/virtual-enrolment.ts';
import {
  emailSent,
  enrolmentEvent,
  recordUpdated,
  type SystemEvent,
  taskEvent,
} from '../../simulate/run/system-events.ts';
import type { Command } from '../../workflows/journey/types.ts';
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

  const subject = { type: 'contact', id: 'ada' } as const;
  const member = { playbook: 'p', id, key: 'c1', subject } as unknown as VirtualEnrolment;
  const command = (path: string) => ({ path, iteration: '' }) as Command;
  const written = { write: 'traits', type: 'contact', id: 'ada', traits: { stage: 'worked' }, by: 'update' } as const;
  const told: SystemEvent[] = [
    emailSent(member, command('steps.0'), 'ada', 'cart-reminder'),
    taskEvent(member, command('steps.1'), 'created'),
    recordUpdated(member, command('steps.2'), written),
    enrolmentEvent(member, 'ended', { outcome: 'completed', reason: 'steps' }),
  ];
  const rows = await stage.rows(
    `SELECT e.name, k.message_id AS "messageId", e.contact_id AS contact, e.properties, e.patches
       FROM events e JOIN event_keys k ON k.arrival = e.arrival WHERE e.kind = 'own' ORDER BY e.arrival`,
  );
  expect(rows).toEqual(
    told.map(({ name, messageId, properties, patch }) => {
      return { name, messageId, contact: 'ada', properties, patches: patch ? [patch] : [] };
    }),
  );
});
