/** The traffic of a small company, the same for one seed: calls of the tracking API, dated by their arrival. */

import type { Json } from '../../language/model.ts';
import { type Random, randomOf } from '../../simulate/random.ts';

export type Call = { [name: string]: Json };

const CONTACTS = 2_000;
const ACCOUNTS = 200;
const TICKETS = 500;

/** In a hundred: what each kind of call is of all, and one of it. */
const MIX: [number, (random: Random) => Call][] = [
  [
    30,
    (random) => ({
      type: 'page',
      name: 'Product',
      userId: contact(random),
      properties: { path: `/p/${random.int(1, 400)}` },
    }),
  ],
  [
    25,
    (random) =>
      track(random, 'cart.updated', { cart_id: cart(random), value: random.int(5, 300), items: random.int(1, 6) }),
  ],
  [10, (random) => track(random, 'order.completed', { cart_id: cart(random), total: random.int(5, 300) })],
  [
    15,
    (random) => ({
      type: 'track',
      event: 'usage.reported',
      properties: { accountId: `a${random.int(1, ACCOUNTS)}`, units: random.int(1, 50) },
    }),
  ],
  [3, (random) => track(random, 'lead.created', { source: 'web' })],
  [7, (random) => track(random, random.pick(['call.logged', 'mail.logged', 'meeting.logged']), { by: 'kim' })],
  [
    5,
    (random) => about(random, 'ticket.created', { status: 'open', priority: random.pick(['low', 'normal', 'high']) }),
  ],
  [5, (random) => about(random, 'ticket.replied', {}, { by: 'agent', public: true })],
];

/**
 * @param label what the calls are for; the start of their `messageId`s, and a row of chance of its own.
 */
export function calls(label: string, count: number): Call[] {
  const random = randomOf(1, label);
  return Array.from({ length: count }, (_, n) => ({ messageId: `${label}-${n}`, ...next(random) }));
}

function next(random: Random): Call {
  let left = random.int(0, 99);
  for (const [share, make] of MIX) {
    if (left < share) return make(random);
    left -= share;
  }
  throw new Error('The shares of the mix do not come to a hundred.');
}

function track(random: Random, event: string, properties: { [name: string]: Json }): Call {
  return { type: 'track', event, userId: contact(random), properties };
}

function about(
  random: Random,
  event: string,
  ticket: { [name: string]: Json },
  more: { [name: string]: Json } = {},
): Call {
  return { type: 'track', event, properties: { ticketId: `t${random.int(1, TICKETS)}`, ticket, ...more } };
}

function contact(random: Random): string {
  return `c${random.int(1, CONTACTS)}`;
}

function cart(random: Random): string {
  return `cart${random.int(1, CONTACTS)}`;
}
