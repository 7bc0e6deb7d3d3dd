/** T0: a backtest reports what took no part in its history. */
import { describe, expect, it } from 'vitest';
import { cuebook } from '../cli/run-command.ts';
import { backtest, fileOf, playbooks } from './support.ts';

const CART = `trigger: { event: cart.updated, unless: order.completed, within: 90m, key: event.cart_id }
steps: [{ record: left }]
`;

describe('what took no part is told (T0)', () => {
  it('events without a key, and values of the wrong type, by whose they were', async () => {
    const folder = await playbooks({
      cart: CART,
      rich: 'trigger: { event: cart.updated, where: event.value > 5 }\nsteps: [{ record: x }]',
    });
    const at = '2026-03-02T10:00:00Z';
    const calls = [{}, { cart_id: 'c1', value: 'much' }, { value: null }, { cart_id: 'c2', value: 7 }].map(
      (properties) => ({ event: 'cart.updated', userId: 'ada', timestamp: at, properties }),
    );
    const file = await fileOf(calls);
    const { summary } = await backtest(folder, [file]);
    expect(summary.no_part).toEqual([
      { kind: 'no_key', of: 'playbook', name: 'cart', count: 2 },
      { kind: 'wrong_type', of: 'playbook', name: 'rich', count: 2 },
    ]);
    const { stdout } = await cuebook('backtest', folder, '--events', file);
    expect(stdout).toMatch(
      /Took no part\n.*\ncart +an event without a value for the key +2\nrich +a value of the wrong type +2/,
    );
  });
});
