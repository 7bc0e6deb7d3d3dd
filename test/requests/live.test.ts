/** S10 and S17 on real parts: Temporal carries the journey, and another system's answer decides how it goes on. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { shippedActivities } from '../../activities/calls/load.ts';
import { compileOne } from '../language/workspace.ts';
import { compiled } from '../rules/play.ts';
import { startSystem } from '../support/system.ts';
import { signatureBy, webhookReceiver } from './webhook-receiver.ts';

afterEach(() => vi.unstubAllEnvs());

it('a webhook waits for the other system, asks again under its name, and its answer is read', {
  timeout: 120_000,
}, async () => {
  const receiver = await webhookReceiver((n) => (n === 1 ? { status: 503 } : { status: 201, body: '{"id":17}' }));
  const secret = randomBytes(32);
  const { versions, workspace } = compiled({
    leads: `trigger: { event: lead.came }
steps:
  - id: crm
    webhook: https://${receiver.host}/leads
    body: { name: "{{ contact.name }}" }
  - { if: steps.crm.answer.id == 17, then: [{ record: known, value: steps.crm.answer.id }] }`,
  });
  // The receiver speaks no TLS: the address that is compiled is that of production.
  const text = JSON.stringify(versions).replaceAll(`https://${receiver.host}`, receiver.url);
  const settings = { ...workspace.settings, webhooks: { allow: [receiver.host] } };
  await using system = await startSystem({
    playbooks: { versions: JSON.parse(text), surroundings: { settings, people: workspace.people } },
    clock: { mode: 'warped', warp: 30 },
    webhookSecrets: [secret],
  });
  await system.post([{ userId: 'ada', event: 'lead.came' }]);
  await expect.poll(() => receiver.received.length, { timeout: 30_000 }).toBe(2);
  const [first, second] = receiver.received;
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
  expect(second!.headers['webhook-signature']).toBe(signatureBy(secret, second!));
  const outcomes = () => system.database.pool.query('SELECT name, value FROM outcomes ORDER BY name');
  await expect
    .poll(async () => (await outcomes()).rows, { timeout: 30_000 })
    .toEqual([
      { name: 'completed', value: null },
      { name: 'known', value: 17 },
    ]);
  await receiver.close();
});

it('an activity that fails is tried again under its name, and the journey goes on', { timeout: 120_000 }, async () => {
  const receiver = await webhookReceiver((n) => (n === 1 ? 'hang-up' : { status: 200 }));
  vi.stubEnv('CHAT_WEBHOOK_URL', `${receiver.url}/hooks/1`);
  const { versions, workspace } = compileOne(`playbook: leads
trigger: { event: lead.came }
steps:
  - { id: told, do: chat-message, with: { text: "{{ trigger.plan }} wanted" } }
  - { if: steps.told.status == "done", then: [{ record: told }] }
`);
  const settings = { ...workspace.settings, webhooks: { allow: [receiver.host] } };
  await using system = await startSystem({
    playbooks: { versions, surroundings: { settings, people: workspace.people } },
    clock: { mode: 'warped', warp: 30 },
    activities: await shippedActivities(),
  });
  await system.post([{ userId: 'ada', event: 'lead.came', properties: { plan: 'pro' } }]);
  const outcomes = () => system.database.pool.query('SELECT name FROM outcomes ORDER BY name');
  await expect
    .poll(async () => (await outcomes()).rows, { timeout: 60_000 })
    .toEqual([{ name: 'completed' }, { name: 'told' }]);
  expect(receiver.received.map(({ body }) => body)).toEqual(Array(2).fill('{"text":"pro wanted"}'));
  const tries = await system.database.pool.query(`SELECT kind, status, attempts FROM effects WHERE kind = 'do'`);
  expect(tries.rows).toEqual([{ kind: 'do', status: 'done', attempts: 2 }]);
  await receiver.close();
});
