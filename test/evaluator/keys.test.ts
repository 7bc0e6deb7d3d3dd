import { afterEach, describe, expect, it } from 'vitest';
import { isoInstant } from '../../language/time/instants.ts';
import { MAX_KEYS } from '../../triggers/engine/drop-state.ts';
import { type Evaluation, startEvaluation } from '../support/evaluation.ts';

let evaluation: Evaluation;
afterEach(() => evaluation.close());

const CART = `playbook: cart
trigger: { event: cart.updated, unless: order.completed, within: 10h, key: event.cart_id }
steps: [{ record: x }]
`;

describe('the keys that one subject has open are bounded', () => {
  it('beyond a thousand the oldest is closed, counted and told', async () => {
    evaluation = await startEvaluation('2026-03-02T10:00:00.000Z', [{ path: 'cart.yaml', text: CART }]);
    const { send, evaluator, database, step } = evaluation;
    await step('2026-03-02T11:00:00.000Z');
    const begin = Date.parse('2026-03-02T10:00:00.000Z');
    const carts = Array.from({ length: MAX_KEYS + 3 }, (_, n) => ({
      name: 'cart.updated',
      at: isoInstant(begin + n * 1_000),
      properties: { cart_id: `c${n}` },
    }));
    for (let n = 0; n < carts.length; n += 250) await send(...carts.slice(n, n + 250));
    await evaluator.idle();
    const query = async (sql: string) => (await database.pool.query(sql)).rows;
    expect(await query('SELECT count(*)::int AS n FROM trigger_states')).toEqual([{ n: MAX_KEYS }]);
    expect(await query('SELECT closed_keys AS n FROM deployments')).toEqual([{ n: 3 }]);
    const told = await query("SELECT looked->>'key' AS key FROM decisions WHERE verdict = 'key_bound' ORDER BY id");
    expect(told).toEqual([{ key: 'c0' }, { key: 'c1' }, { key: 'c2' }]);
  });
});
