/** A stream of tracking calls that one seed always makes alike: shoppers who leave carts, buy, or come back. */
import type { Json } from '../../language/model.ts';
import { type Random, randomOf } from '../random.ts';

export interface PlannedCall {
  /** Real milliseconds since the stream began, not counting those in which the product was down. */
  afterMs: number;
  messageId: string;
  call: { [name: string]: Json };
}

export interface TrafficOptions {
  seed: number;
  shoppers: number;
  /** Shoppers appear within this many milliseconds; what they do goes on for some seconds more. */
  spreadMs: number;
  /** Virtual milliseconds in a real one: stories are written in virtual time. */
  warp: number;
}

const MINUTE_MS = 60_000;
/** In virtual minutes after the cart was left; the reminder comes after 2, the second mail after 5. */
const FATES: readonly { share: number; story: (random: Random) => [event: string, afterMinutes: number][] }[] = [
  { share: 4, story: () => [] },
  { share: 2, story: (random) => [['order.completed', 0.3 + random.next()]] },
  { share: 2, story: (random) => [['order.completed', 2.6 + random.next() * 2]] },
  { share: 1, story: (random) => [['order.completed', 6 + random.next()]] },
  { share: 1, story: (random) => [['cart.updated', 0.5 + random.next()]] },
  { share: 1, story: (random) => [['cart.updated', 6 + random.next()]] },
];

/** In the order of their instants. */
export function planTraffic({ seed, shoppers, spreadMs, warp }: TrafficOptions): PlannedCall[] {
  const random = randomOf(seed, 'traffic');
  const planned: { afterMs: number; call: { [name: string]: Json } }[] = [];
  for (let n = 1; n <= shoppers; n++) {
    const userId = `shopper-${n}`;
    const traits = { name: `Shopper ${n}`, email: `${userId}@shop.example`, consent: { marketing: true } };
    const beginsMs = random.next() * spreadMs;
    const track = (event: string, afterMinutes: number, properties: { [name: string]: Json } = {}) =>
      planned.push({
        afterMs: beginsMs + (afterMinutes * MINUTE_MS) / warp,
        call: { type: 'track', event, userId, properties },
      });
    planned.push({ afterMs: beginsMs, call: { type: 'identify', userId, traits } });
    if (random.chance(0.3)) track('account.created', 0.05);
    if (random.chance(0.1)) continue;
    const cart = { cart_id: `cart-${n}`, value: random.int(20, 300) };
    track('cart.updated', 0.1, cart);
    for (const [event, afterMinutes] of fateOf(random)(random)) {
      track(event, 0.1 + afterMinutes, { ...cart, total: cart.value });
    }
  }
  return planned
    .toSorted((a, b) => a.afterMs - b.afterMs)
    .map((call, i) => ({ ...call, messageId: `sim-${seed}-${i + 1}` }));
}

function fateOf(random: Random) {
  let drawn = random.next() * FATES.reduce((total, { share }) => total + share, 0);
  return (FATES.find(({ share }) => (drawn -= share) < 0) ?? FATES[0]!).story;
}
