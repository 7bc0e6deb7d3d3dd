/** T0: what took no part is counted where operators see it; T18: state that nobody owns goes. */
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { registry } from '../../evaluation/registry.ts';
import { guardApi } from '../../server/access/guard.ts';
import { metricsRoute } from '../../server/metrics.ts';
import { overviewPages } from '../../server/overview/routes.ts';
import { storedSessions } from '../../store/access/sessions.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';
import { redeploy } from '../support/redeploy.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const CART = `playbook: cart
trigger: { event: cart.updated, where: event.value >= 20, unless: order.completed, within: 1h, key: event.cart_id }
audience: contact.points > 5
goal: { event: order.completed, where: event.total > 10, within: 7d }
again: always
steps: [{ record: x }]
`;
const OTHER = `playbook: other
trigger: { event: cart.updated, where: event.value >= 20 }
audience: contact.spent > 100
steps: [{ record: x }]
`;
const TRAITS = `subject: contact
traits:
  spent: { sum: event.total, event: order.completed, where: event.total > 0, over: 30d }
`;

async function start() {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [
    { path: 'cart.yaml', text: CART },
    { path: 'other.yaml', text: OTHER },
    { path: 'traits/orders.yaml', text: TRAITS },
  ]);
  return evaluation;
}

async function metricsOf({ database }: Evaluation, name: string): Promise<string[]> {
  const app = Fastify();
  metricsRoute(app, database);
  const { body } = await app.inject('/metrics');
  return body
    .split('\n')
    .filter((line) => line.startsWith(name))
    .map((line) => line.slice(name.length));
}

describe('what took no part is counted where operators see it (T0)', () => {
  it('an opening event without a key; a closing one without applies to every key', async () => {
    const { send, step, firings } = await start();
    expect(await metricsOf(evaluation, 'cuebook_no_key_total')).toEqual([
      '{playbook="cart"} 0',
      '{playbook="other"} 0',
    ]);
    await send(
      { name: 'cart.updated', properties: { value: 30 } },
      { name: 'cart.updated', properties: { value: 30, cart_id: null } },
      { name: 'cart.updated', properties: { value: 30, cart_id: 'c1' } },
      { name: 'cart.updated', properties: { value: 10 } },
    );
    await step('2026-03-02T10:30:00.000Z');
    await send({ name: 'order.completed', properties: { total: 5 } });
    await step('2026-03-02T12:00:00.000Z');
    expect((await firings()).filter(({ playbook }) => playbook === 'cart')).toEqual([]);
    expect(await metricsOf(evaluation, 'cuebook_no_key_total')).toEqual([
      '{playbook="cart"} 2',
      '{playbook="other"} 0',
    ]);
  });

  it('a value of the wrong type, once for each playbook, event and trait that it took no part in', async () => {
    const { send, step, firings } = await start();
    await send(
      { name: 'cart.updated', properties: { value: 'thirty', cart_id: 'c1' } },
      { name: 'cart.updated', properties: { value: null, cart_id: 'c1' } },
      { name: 'cart.updated', properties: { cart_id: 'c1' } },
      { name: 'order.completed', properties: { total: 'ten' } },
    );
    await step('2026-03-02T12:00:00.000Z');
    expect(await firings()).toEqual([]);
    expect(await metricsOf(evaluation, 'cuebook_wrong_type_total')).toEqual([
      '{playbook="cart"} 2',
      '{playbook="other"} 2',
      '{trait="spent"} 1',
    ]);
  });

  it('an audience and a goal that look at one', async () => {
    const { send, step } = await start();
    const patches = [{ type: 'contact' as const, id: 'ada', traits: { points: 'many' } }];
    await send({ name: 'cart.updated', properties: { value: 30, cart_id: 'c1' }, patches });
    await step('2026-03-02T11:01:00.000Z');
    await send({ name: 'points.given', patches: [{ ...patches[0]!, traits: { points: 9 } }] });
    await send({ name: 'cart.updated', properties: { value: 30, cart_id: 'c2' } });
    await step('2026-03-02T12:30:00.000Z');
    await send({ name: 'order.completed', properties: { total: 'ten', cart_id: 'c2' } });
    await step('2026-03-02T12:31:00.000Z');
    expect(await metricsOf(evaluation, 'cuebook_wrong_type_total')).toEqual([
      '{playbook="cart"} 2',
      '{playbook="other"} 0',
      '{trait="spent"} 1',
    ]);
  });

  it('late, it is counted once: what the timeline is walked again over was counted before (E5)', async () => {
    const { send, step } = await start();
    await send({ name: 'cart.updated', properties: { value: 'thirty', cart_id: 'c1' } });
    await step('2026-03-02T10:30:00.000Z');
    await send({ name: 'cart.updated', at: '2026-03-02T09:50:00.000Z', properties: { value: 'forty', cart_id: 'c1' } });
    await step('2026-03-02T10:31:00.000Z');
    expect(await metricsOf(evaluation, 'cuebook_wrong_type_total')).toEqual([
      '{playbook="cart"} 2',
      '{playbook="other"} 2',
    ]);
  });

  it('on the overview, once there is something', async () => {
    const { send, step, database } = await start();
    const app = Fastify();
    const access = { apiToken: 'token', open: true, sessions: storedSessions(database) };
    overviewPages(app, { database, registry, access, parts: [], hasMailbox: false });
    const headers = { host: 'localhost' };
    expect((await app.inject({ url: '/', headers })).body).not.toContain('Took no part');
    await send({ name: 'cart.updated', properties: { value: 30 } });
    await step('2026-03-02T10:30:00.000Z');
    const later = Fastify();
    guardApi(later, access);
    overviewPages(later, {
      database,
      registry,
      access,
      parts: [],
      hasMailbox: false,
    });
    const { body } = await later.inject({ url: '/', headers });
    expect(body).toContain(
      '<b>1</b><span class="what">event without a value for the key</span><span class="soft by">cart</span>',
    );
    const { noPart } = (await later.inject({ url: '/api/overview', headers })).json();
    expect(noPart).toEqual([{ kind: 'no_key', of: 'playbook', name: 'cart', count: 1 }]);
  });
});

describe('counters only go up', () => {
  const all = async () => {
    const lines = await metricsOf(evaluation, 'cuebook_');
    return new Map(
      lines.flatMap((line) => (/_total/.test(line) ? [line.split(/ (?=[0-9]+$)/) as [string, string]] : [])),
    );
  };

  it('also when a late event undoes a firing', async () => {
    const { send, step, firings } = await start();
    await send({ name: 'cart.updated', properties: { value: 30, cart_id: 'c1' } });
    await step('2026-03-02T11:30:00.000Z');
    const before = await all();
    expect(before.get('firings_total{playbook="cart"}')).toBe('1');
    expect(before.get('firings_undone_total{playbook="cart"}')).toBe('0');
    await send({ name: 'order.completed', at: '2026-03-02T10:10:00.000Z', properties: { total: 50 } });
    await step('2026-03-02T11:31:00.000Z');
    const undone = (await firings()).filter(({ undoneBy }) => undoneBy !== null);
    expect(undone.map(({ playbook }) => playbook)).toEqual(['cart']);
    const after = await all();
    for (const [name, value] of before) expect(Number(after.get(name)), name).toBeGreaterThanOrEqual(Number(value));
    expect(after.get('firings_undone_total{playbook="cart"}')).toBe('1');
  });
});

describe('state of what is deployed no more', () => {
  it('goes when it is due, where nothing at all is deployed for such subjects (T18)', async () => {
    const ticket = `playbook: t\nsubject: ticket\ntrigger: { event: ticket.created, unless: ticket.solved, within: 1h }\nsteps: [{ record: x }]\n`;
    const contact = `playbook: c\ntrigger: { event: page }\nsteps: [{ record: x }]\n`;
    evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [{ path: 't.yaml', text: ticket }]);
    const { send, step, database } = evaluation;
    await send({ name: 'ticket.created', ids: { ticketId: 't1' } });
    await step('2026-03-02T10:30:00.000Z');
    await database.pool.query('CREATE TABLE old_states AS SELECT * FROM trigger_states');
    await database.pool.query('CREATE TABLE old_deadlines AS SELECT * FROM deadlines');
    await redeploy(database, [{ path: 'c.yaml', text: contact }]);
    await step('2026-03-02T10:40:00.000Z');
    // Whatever brings it back after the deployment's own sweep has gone by.
    await database.pool.query('INSERT INTO trigger_states SELECT * FROM old_states ON CONFLICT DO NOTHING');
    await database.pool.query('INSERT INTO deadlines SELECT * FROM old_deadlines ON CONFLICT DO NOTHING');
    expect((await database.pool.query('SELECT FROM trigger_states')).rowCount).toBe(1);
    await step('2026-03-02T12:00:00.000Z');
    expect((await database.pool.query('SELECT owner FROM trigger_states')).rows).toEqual([]);
  });
});
