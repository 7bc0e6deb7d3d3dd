/** Ids beyond 2^53 stay what they were written as (E8). */
import { expect, it } from 'vitest';
import { backtest, call, fileOf, playbooks } from './support.ts';

const CART = `trigger: { event: cart.updated, unless: order.completed, within: 1h, key: event.cart }
steps: [{ record: left, value: trigger.cart }]
`;

it('the order of another cart closes no watch', async () => {
  const line = (n: number, event: string, cart: string) =>
    JSON.stringify(call(n, event, 'ada', { properties: { cart: 0 } })).replace('"cart":0', `"cart": ${cart}`);
  const file = await fileOf([
    line(0, 'cart.updated', '90071992547409931'),
    line(0.5, 'order.completed', '90071992547409932'),
    line(1, 'cart.updated', '"90071992547409935"'),
    line(1.5, 'order.completed', '90071992547409935'),
    JSON.stringify(call(9, 'late', 'x')),
  ]);
  const { lines } = await backtest(await playbooks({ left: CART }), [file]);
  expect(lines.filter(({ type }) => type === 'effect').map(({ record, value }) => ({ record, value }))).toEqual([
    { record: 'left', value: '90071992547409931' },
  ]);
});
