/** The four playbooks that the product is named after, on real parts: each acts, stays silent, and is interrupted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type System, startSystem } from '../support/system.ts';
import { at, doneTo, happenAt, identify } from './story.ts';

const BOOT_MS = 60_000;
const STORY_MS = 120_000;
const DAY_MS = 86_400_000;
const consent = { marketing: true };

async function systemAt(instant: string): Promise<System> {
  return startSystem({ clock: { mode: 'stepped', at: at(instant) } });
}

describe('cart-abandoned', { timeout: STORY_MS }, () => {
  let system: System;
  const cart = (userId: string, cart_id: string, value: number) => ({
    userId,
    event: 'cart.updated',
    properties: { cart_id, value },
  });
  const order = (userId: string, cart_id: string, total: number) => ({
    userId,
    event: 'order.completed',
    properties: { cart_id, total },
  });

  beforeAll(async () => {
    system = await systemAt('2026-03-02T08:59:00Z');
    await system.post([
      identify('ada', { name: 'Ada', email: 'ada@example.com', owner: 'kim', consent }),
      identify('ben', { name: 'Ben', email: 'ben@example.com', owner: 'kim', consent }),
      identify('cleo', { name: 'Cleo', email: 'cleo@example.com', owner: 'kim', consent }),
    ]);
    await happenAt(
      system,
      at('2026-03-02T09:00:00Z'),
      cart('ada', 'c1', 250),
      cart('ben', 'c2', 80),
      cart('cleo', 'c3', 80),
    );
    await happenAt(system, at('2026-03-02T09:59:00Z'), order('ben', 'c2', 80));
    await system.step(at('2026-03-02T10:00:01Z'));
    await happenAt(system, at('2026-03-02T15:00:00Z'), order('cleo', 'c3', 75));
    await system.step(at('2026-03-03T10:00:02Z'));
  }, BOOT_MS + STORY_MS);
  afterAll(() => system.stop());

  it('reminds a shopper who leaves, has the full cart called about, and mails once more', async () => {
    const done = await doneTo(system, 'cart-abandoned', 'ada');
    expect(done).toEqual([
      'send cart-reminder',
      'task Call Ada about the cart',
      expect.stringMatching(/^send cart-second-/),
      'completed',
    ]);
    const mails = (await system.mails()).filter(({ to }) => to.includes('ada@example.com'));
    expect(mails.map(({ playbook }) => playbook)).toEqual(['cart-abandoned', 'cart-abandoned']);
    expect(mails[0]?.text).toContain('€250');
  });

  it('leaves a shopper alone who buys within the hour', async () => {
    expect(await doneTo(system, 'cart-abandoned', 'ben')).toEqual([]);
    expect((await system.mails()).filter(({ to }) => to.includes('ben@example.com'))).toEqual([]);
  });

  it('stops at once when they buy, and counts what they paid (S19, G1)', async () => {
    expect(await doneTo(system, 'cart-abandoned', 'cleo')).toEqual(['send cart-reminder', 'converted']);
    const { rows } = await system.database.pool.query(`SELECT value FROM outcomes WHERE subject_id = 'cleo'`);
    expect(rows).toEqual([{ value: 75 }]);
  });
});

describe('usage-dropped', { timeout: STORY_MS }, () => {
  let system: System;
  const usage = (accountId: string, units: number) => ({ event: 'usage.reported', properties: { accountId, units } });
  const account = (groupId: string, name: string) => ({
    type: 'group',
    userId: `${groupId}-1`,
    groupId,
    traits: { name, status: 'active', csm: 'kim', main_contact: `${groupId}-1` },
  });
  const names = { acme: 'Acme', steady: 'Steady', phoenix: 'Phoenix' };

  beforeAll(async () => {
    system = await systemAt('2026-02-09T07:00:00Z');
    const first = at('2026-01-05T09:00:00Z');
    const history = Object.entries(names).flatMap(([id, name]) => [
      { at: first, ...identify(`${id}-1`, { name: `${name}’s contact`, email: `${id}@example.com`, consent }) },
      { at: first, ...account(id, name) },
      ...Array.from({ length: 35 }, (_, day) => ({
        at: first + day * DAY_MS,
        ...usage(id, day < 28 || id === 'steady' ? 20 : 5),
      })),
    ]);
    await system.importHistory(history);
    await system.step(at('2026-02-09T08:00:01Z'));
    for (let day = 35; day < 42; day += 1) {
      await happenAt(system, first + day * DAY_MS, usage('acme', 5), usage('steady', 20), usage('phoenix', 20));
    }
    await system.step(at('2026-02-16T08:00:02Z'));
  }, BOOT_MS + STORY_MS);
  afterAll(() => system.stop());

  it('has the account called with the figures, asks its contact, and tells the manager when it stays low', async () => {
    expect(await doneTo(system, 'usage-dropped', 'acme')).toEqual([
      'task Acme used 35 units in 7 days, 140 before',
      'send usage-check-in',
      'notify sara',
      'record not recovered',
      'completed',
    ]);
    const told = (await system.mails()).filter(({ to }) => to.includes('sara@example.com'));
    expect(told.map(({ text }) => text).join()).toContain('Acme has not recovered: 35 units in 7 days, 140 before');
  });

  it('leaves a steady account alone', async () => {
    expect(await doneTo(system, 'usage-dropped', 'steady')).toEqual([]);
  });

  it('is interrupted by an account that recovers', async () => {
    expect(await doneTo(system, 'usage-dropped', 'phoenix')).toEqual([
      'task Phoenix used 35 units in 7 days, 140 before',
      'send usage-check-in',
      'record recovered',
      'completed',
    ]);
  });
});

describe('follow-up-cadence, and follow-up-hot', { timeout: STORY_MS }, () => {
  let system: System;
  const event = (userId: string, name: string) => ({ userId, event: name });

  beforeAll(async () => {
    system = await systemAt('2026-03-02T09:59:00Z');
    await system.post(['lea', 'leo', 'lou'].map((id) => identify(id, { name: id, owner: 'kim', stage: 'new' })));
    const lead = (id: string) => event(id, 'lead.created');
    await happenAt(system, at('2026-03-02T10:00:00Z'), lead('lea'), lead('leo'), event('lou', 'call.logged'));
    await happenAt(system, at('2026-03-02T11:00:00Z'), event('leo', 'lead.disqualified'), event('lou', 'mail.logged'));
    await happenAt(system, at('2026-03-02T12:00:00Z'), event('lou', 'meeting.logged'));
    for (const day of [3, 4, 5, 6, 9]) await system.step(at(`2026-03-0${day}T08:00:01Z`));
    await system.step(at('2026-03-09T10:00:02Z'));
  }, BOOT_MS + STORY_MS);
  afterAll(() => system.stop());

  it('asks for a follow-up each business day, and tells the manager who fell short', async () => {
    expect(await doneTo(system, 'follow-up-cadence', 'lea')).toEqual([
      ...Array.from({ length: 6 }, () => 'task Follow up with lea'),
      'record too few follow-ups',
      'notify sara',
      'completed',
    ]);
  });

  it('is interrupted when the lead is disqualified', async () => {
    expect(await doneTo(system, 'follow-up-cadence', 'leo')).toEqual(['task Follow up with leo', 'exited']);
  });

  it('is silent about a contact that is no lead, whose three follow-ups move it on', async () => {
    expect(await doneTo(system, 'follow-up-cadence', 'lou')).toEqual([]);
    expect(await doneTo(system, 'follow-up-hot', 'lou')).toEqual([
      'update {"contact.stage":"working"}',
      'record moved on',
      'completed',
    ]);
    const { rows } = await system.database.pool.query(
      `SELECT traits ->> 'stage' AS stage FROM contacts WHERE id = 'lou'`,
    );
    expect(rows).toEqual([{ stage: 'working' }]);
  });
});

describe('sla-escalation', { timeout: STORY_MS }, () => {
  let system: System;
  const ticket = (ticketId: string, event: string, more = {}) => ({ event, properties: { ticketId, ...more } });
  const created = (id: string) =>
    ticket(id, 'ticket.created', { ticket: { priority: 'high', status: 'open', assignee: 'kim', team: 'support' } });
  const answer = { by: 'agent', public: true };
  const solved = { ticket: { status: 'solved' } };

  beforeAll(async () => {
    system = await systemAt('2026-03-02T07:59:00Z');
    await happenAt(system, at('2026-03-02T08:00:00Z'), created('77'), created('78'), created('79'));
    await happenAt(
      system,
      at('2026-03-02T09:00:00Z'),
      ticket('78', 'ticket.replied', answer),
      ticket('78', 'ticket.solved', solved),
    );
    await system.step(at('2026-03-02T11:12:01Z'));
    await happenAt(system, at('2026-03-02T12:30:00Z'), ticket('79', 'ticket.replied', answer));
    await happenAt(system, at('2026-03-02T12:45:00Z'), ticket('79', 'ticket.solved', solved));
    await system.step(at('2026-03-02T13:00:01Z'));
    await system.step(at('2026-03-02T15:00:01Z'));
    await happenAt(system, at('2026-03-02T16:00:00Z'), ticket('77', 'ticket.solved', solved));
  }, BOOT_MS + STORY_MS);
  afterAll(() => system.stop());

  it('nudges the agent, then goes up to the team lead and to the head of support', async () => {
    expect(await doneTo(system, 'sla-escalation', '77')).toEqual([
      'notify kim',
      'escalate ticket',
      'escalate ticket',
      'record breached',
      'exited',
    ]);
    const { rows } = await system.database.pool.query(`SELECT traits FROM tickets WHERE id = '77'`);
    expect(rows[0].traits).toMatchObject({ assignee: 'hana', priority: 'urgent' });
    const told = (await system.mails()).map(({ to }) => to);
    expect(told).toEqual(
      expect.arrayContaining(['Kim <kim@example.com>', 'support-channel@shop.example', 'Hana <hana@example.com>']),
    );
  });

  it('says nothing when the agent answers in time', async () => {
    expect(await doneTo(system, 'sla-escalation', '78')).toEqual([]);
  });

  it('stops at once when the answer comes after the nudge: the promise was kept', async () => {
    expect(await doneTo(system, 'sla-escalation', '79')).toEqual(['notify kim', 'record met', 'converted']);
  });
});
