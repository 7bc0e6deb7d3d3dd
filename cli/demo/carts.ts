/** Shoppers and their carts. */
import type { Instant, Json } from '../../language/model.ts';
import type { Random } from '../../simulate/random.ts';
import { HOUR_MS, MINUTE_MS, type TimedCall, track } from './calls.ts';
import type { Person } from './company.ts';

export const CART_FATES = ['left', 'left', 'in time', 'after the reminder', 'the day after', 'small'] as const;
export type CartFate = (typeof CART_FATES)[number];

const GOODS: [string, number][] = [
  ['Linen shirt', 49],
  ['Walking boots', 139],
  ['Wool blanket', 89],
  ['Desk lamp', 64],
  ['Coffee grinder', 119],
  ['Rain jacket', 159],
  ['Notebook', 14],
];

export interface CartStory {
  at: Instant;
  id: string;
  shopper: Person;
  fate: CartFate;
}

export function cartStory({ at, id, shopper, fate }: CartStory, random: Random): TimedCall[] {
  const items =
    fate === 'small'
      ? [GOODS.at(-1)!]
      : Array.from({ length: random.int(1, 3) }, () => random.pick(GOODS.slice(0, -1)));
  const filled = items.map((_, i) => {
    const there = items.slice(0, i + 1);
    return track(at + i * random.int(2, 6) * MINUTE_MS, shopper.id, 'cart.updated', cart(id, there));
  });
  const last = filled.at(-1)!.at;
  const total = sum(items);
  const buys = (afterMs: number) => [
    track(last + afterMs, shopper.id, 'order.completed', { cart_id: id, total, currency: 'EUR' }),
  ];
  switch (fate) {
    case 'in time':
      return [...filled, ...buys(random.int(12, 25) * MINUTE_MS)];
    case 'after the reminder':
      return [...filled, ...buys(random.int(4, 7) * HOUR_MS)];
    case 'the day after':
      return [...filled, ...buys(random.int(27, 31) * HOUR_MS)];
    default:
      return filled;
  }
}

function cart(id: string, items: readonly [string, number][]): { [name: string]: Json } {
  const listed = items.map(([name, price]) => ({ name, price, quantity: 1 }));
  return {
    cart_id: id,
    value: sum(items),
    currency: 'EUR',
    items: listed,
    cart_url: `https://shop.example/cart/${id}`,
  };
}

function sum(items: readonly [string, number][]): number {
  return items.reduce((total, [, price]) => total + price, 0);
}
