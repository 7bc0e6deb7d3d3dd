/** A year of a shop: events of its customers in order, and thirty playbooks of every kind of condition. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { WorkspaceFile } from '../../language/compile.ts';
import { randomOf } from '../../simulate/random.ts';

const YEAR_MS = 365 * 86_400_000;
const FIRST_MS = Date.UTC(2025, 0, 1);
const CATEGORIES = 6;
const COUNTRIES = ['DE', 'AT', 'CH', 'FR'];

/** Writes NDJSON, the same for the same numbers. */
export async function writeShopYear(
  file: string,
  { events, people }: { events: number; people: number },
): Promise<void> {
  const random = randomOf(1, 'shop');
  const out = createWriteStream(file);
  for (let n = 0; n < events; n++) {
    const who = random.int(1, people);
    const timestamp = new Date(FIRST_MS + Math.floor((n / events) * YEAR_MS)).toISOString();
    const line = { messageId: `m${n}`, userId: `u${who}`, timestamp, ...happening(random, who) };
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function happening(random: ReturnType<typeof randomOf>, who: number): object {
  const category = `c${random.int(0, CATEGORIES - 1)}`;
  const dice = random.next();
  if (dice < 0.06) {
    const country = COUNTRIES[who % COUNTRIES.length];
    const traits = { email: `u${who}@shop.example`, country, points: random.int(0, 500), consent: { marketing: true } };
    return { type: 'identify', traits };
  }
  if (dice < 0.56) return { event: 'product.viewed', properties: { category, price: random.int(1, 300) } };
  if (dice < 0.72) {
    return {
      event: 'cart.updated',
      properties: { cart_id: `k${random.int(0, 2)}`, category, value: random.int(5, 400) },
    };
  }
  if (dice < 0.84) {
    return {
      event: 'order.completed',
      properties: { cart_id: `k${random.int(0, 2)}`, category, total: random.int(5, 400) },
    };
  }
  if (dice < 0.94) return { event: 'mail.opened', properties: { category } };
  return { event: 'ticket.asked', properties: { category, urgent: random.chance(0.1) } };
}

/** Of each category, one of each kind. */
const KINDS: ((category: string) => string)[] = [
  (c) => `{ event: order.completed, where: event.category == "${c}" && event.total >= 380 }`,
  (c) => `{ event: product.viewed, where: event.category == "${c}", at_least: 3, within: 7d }`,
  (c) =>
    `{ event: cart.updated, where: event.category == "${c}" && event.value >= 200, unless: order.completed, within: 2h, key: event.cart_id }`,
  (c) => `{ inactive: { event: order.completed, where: event.category == "${c}" }, for: 90d }`,
  (c) =>
    `{ sequence: [{ event: product.viewed, where: event.category == "${c}" }, { event: cart.updated, where: event.category == "${c}" }, mail.opened], within: 3d }`,
];

/** Five kinds in each of six categories: 30 playbooks. */
export function shopPlaybooks(): WorkspaceFile[] {
  return Array.from({ length: CATEGORIES }, (_, c) => KINDS.map((kind, k) => ({ c, kind, k })))
    .flat()
    .map(({ c, kind, k }) => ({ path: `shop-${c}-${k}.yaml`, text: playbook(`shop-${c}-${k}`, kind(`c${c}`), k) }));
}

function playbook(name: string, trigger: string, k: number): string {
  const steps =
    k === 0
      ? '  - record: thanked\n'
      : '  - record: began\n  - wait_for: order.completed\n    within: 2d\n    then: [{ record: bought }]\n    else: [{ record: waited }]\n';
  return `playbook: ${name}\ntrigger: ${trigger}\nagain: after 30d\nholdout: 5%\ngoal: { event: order.completed, within: 7d }\nsteps:\n${steps}`;
}
