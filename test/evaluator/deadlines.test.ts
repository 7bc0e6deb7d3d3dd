import { afterEach, describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/instants.ts';
import { beginWriting } from '../../store/events/events.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

const CART = `
playbook: cart
trigger: { event: cart.updated, unless: order.completed, within: 1h, key: event.cart_id }
again: always
goal: { event: order.completed, within: 7d }
steps:
  - record: left
`;

let evaluation: Evaluation;
const start = async () => {
  evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [{ path: 'cart.yaml', text: CART }]);
  return evaluation;
};
afterEach(() => evaluation.close());

describe('a deadline is looked at once nothing from before it is on its way', () => {
  it('a cart that is left fires at the hour, to the millisecond (T3)', async () => {
    const { send, step, firings } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T10:59:59.999Z');
    expect(await firings()).toEqual([]);
    await step('2026-03-02T11:00:00.001Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T11:00:00.000Z', key: 'c1', status: 'enrolled' }]);
  });

  it('a purchase received 1 ms before the deadline, and committed after it, still counts', async () => {
    const { send, step, firings, database, evaluator } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T10:59:59.999Z');
    // A writer has its lock and its `receivedAt`, and does not commit yet.
    const writer = await database.pool.connect();
    await writer.query('BEGIN');
    const receivedAt = await beginWriting(writer);
    expect(isoInstant(receivedAt)).toBe('2026-03-02T10:59:59.999Z');
    const { rows } = await writer.query<{ arrival: number }>(
      `INSERT INTO events (source, message_id, kind, name, at, received_at, contact_id, properties, patches)
       VALUES ('test', 'late-commit', 'track', 'order.completed', $1, $1, 'ada', '{"cart_id":"c1"}', '[]') RETURNING arrival`,
      [new Date(receivedAt)],
    );
    const arrival = rows[0]!.arrival;
    await writer.query('INSERT INTO pending_events (arrival, at, received_at) VALUES ($1, $2, $2)', [
      arrival,
      new Date(receivedAt),
    ]);
    await writer.query(
      `INSERT INTO timeline (subject_type, subject_id, at, received_at, arrival, name)
       VALUES ('contact', 'ada', $1, $1, $2, 'order.completed')`,
      [new Date(receivedAt), arrival],
    );
    await step('2026-03-02T11:30:00.000Z');
    expect(await firings()).toEqual([]);
    await writer.query('COMMIT');
    writer.release();
    await evaluator.idle();
    expect(await firings()).toEqual([]);
    expect((await database.pool.query('SELECT FROM trigger_states')).rowCount).toBe(0);
  });

  it('an event at exactly the deadline comes before it (E4)', async () => {
    const { send, step, firings } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T11:00:00.000Z');
    await send({ name: 'order.completed', properties: { cart_id: 'c1' } });
    await step('2026-03-02T12:00:00.000Z');
    expect(await firings()).toEqual([]);
  });

  it('an order without a cart closes the watches of every cart (T0)', async () => {
    const { send, step, firings } = await start();
    await send(
      { name: 'cart.updated', properties: { cart_id: 'c1' } },
      { name: 'cart.updated', properties: { cart_id: 'c2' } },
    );
    await step('2026-03-02T10:30:00.000Z');
    await send({ name: 'order.completed' });
    await step('2026-03-02T12:00:00.000Z');
    expect(await firings()).toEqual([]);
  });
});

describe('after a late event the state is what the order gives (E5)', () => {
  it('a purchase that arrives late takes the firing back, and tells its journey', async () => {
    const { send, step, firings, database } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T11:30:00.000Z');
    await send({ id: 'late', name: 'order.completed', at: '2026-03-02T10:20:00.000Z', properties: { cart_id: 'c1' } });
    await step('2026-03-02T11:31:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T11:00:00.000Z', undoneBy: 'late', moved: false }]);
    const inputs = await database.pool.query('SELECT kind FROM journey_inputs');
    expect(inputs.rows).toEqual([{ kind: 'undone' }]);
  });

  it('a cart update that arrives late moves the firing: the made one stands for it', async () => {
    const { send, step, firings, database } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T11:30:00.000Z');
    await send({ id: 'late', name: 'cart.updated', at: '2026-03-02T10:20:00.000Z', properties: { cart_id: 'c1' } });
    await step('2026-03-02T12:00:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T11:00:00.000Z', undoneBy: 'late', moved: true }]);
    expect((await database.pool.query('SELECT FROM enrolments')).rowCount).toBe(1);
  });

  it('a cart that arrives late fires with its own instant', async () => {
    const { send, step, firings } = await start();
    await send({ name: 'page' });
    await step('2026-03-02T12:00:00.000Z');
    await send({ name: 'cart.updated', at: '2026-03-02T10:10:00.000Z', properties: { cart_id: 'c9' } });
    await step('2026-03-02T12:01:00.000Z');
    expect(await firings()).toMatchObject([{ at: '2026-03-02T11:10:00.000Z', key: 'c9', status: 'enrolled' }]);
  });
});

describe('what waits is told', () => {
  it('an order after the firing meets the goal of the open enrolment', async () => {
    const { send, step, database } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T11:30:00.000Z');
    await send({ id: 'order', name: 'order.completed', properties: { cart_id: 'c1', total: 5 } });
    await step('2026-03-02T11:31:00.000Z');
    const { rows } = await database.pool.query('SELECT kind, event, n FROM journey_inputs');
    expect(rows).toEqual([{ kind: 'goal', event: 'order', n: 1 }]);
  });

  it('an order for another cart does not', async () => {
    const { send, step, database } = await start();
    await send({ name: 'cart.updated', properties: { cart_id: 'c1' } });
    await step('2026-03-02T11:30:00.000Z');
    await send({ name: 'order.completed', properties: { cart_id: 'c2' } });
    await step('2026-03-02T11:31:00.000Z');
    expect((await database.pool.query('SELECT FROM journey_inputs')).rowCount).toBe(0);
  });
});
