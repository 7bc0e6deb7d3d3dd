/** A year of a shop: events of its customers in order, and thirty playbooks of every kind of condition. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { WorkspaceFile } from '../../language/compile.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { randomOf } from '../../simulate/random.ts';

const YEAR_MS = 365 * 86_400_000;
const FIRST_MS = Date.UTC(2025, 0, 1);
const CATEGORIES = 3;
const ACCOUNTS = 500;
const DAY_MS = 86_400_000;
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
    const timestamp = isoInstant(FIRST_MS + Math.floor((n / events) * YEAR_MS));
    const line = { messageId: `m${n}`, timestamp, ...happening(random, who, n) };
    if (!out.write(`${JSON.stringify(line)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function happening(random: ReturnType<typeof randomOf>, who: number, n: number): object {
  const category = `c${random.int(0, CATEGORIES - 1)}`;
  const userId = `u${who}`;
  const dice = random.next();
  if (dice < 0.05) {
    const country = COUNTRIES[who % COUNTRIES.length];
    const renewal = isoInstant(FIRST_MS + random.int(0, 500) * DAY_MS).slice(0, 10);
    const traits = { email: `u${who}@shop.example`, country, renewal, points: random.int(0, 500) };
    return { type: 'identify', userId, traits };
  }
  if (dice < 0.5) return { event: 'product.viewed', userId, properties: { category, price: random.int(1, 300) } };
  if (dice < 0.66) {
    const properties = { cart_id: `k${random.int(0, 2)}`, category, value: random.int(5, 400) };
    return { event: 'cart.updated', userId, properties };
  }
  if (dice < 0.78) {
    const properties = { cart_id: `k${random.int(0, 2)}`, category, total: random.int(5, 400) };
    return { event: 'order.completed', userId, properties };
  }
  if (dice < 0.87) return { event: 'mail.opened', userId, properties: { category } };
  if (dice < 0.95) {
    const accountId = `a${random.int(1, ACCOUNTS)}`;
    return { event: 'usage.reported', accountId, properties: { category, units: random.int(1, 50) } };
  }
  // Every other one answers the ticket of the one before.
  const ticketId = `t${Math.floor(n / 40)}`;
  return { event: random.chance(0.5) ? 'ticket.created' : 'ticket.solved', ticketId, properties: {} };
}

/** One of each kind of condition; the last stands for three, one a category. */
const KINDS: ((category: string, n: number) => string)[] = [
  (c) => `trigger: { event: order.completed, where: event.category == "${c}" && event.total >= 380 }`,
  (c) => `trigger: { event: product.viewed, where: event.category == "${c}", at_least: 3, within: 7d }`,
  (c) =>
    `trigger: { event: cart.updated, where: event.category == "${c}" && event.value >= 200, unless: order.completed, within: 2h, key: event.cart_id }`,
  (c) =>
    `trigger: { event: order.completed, where: event.category == "${c}", fewer_than: 2, of: product.viewed, within: 14d }`,
  (c) =>
    `subject: account\ntrigger: { metric: { sum: event.units, event: usage.reported, where: event.category == "${c}" }, over: 7d, drops: 50%, compared_with: 28d, only_if_baseline: 50 }`,
  (c) => `trigger: { inactive: { event: order.completed, where: event.category == "${c}" }, for: 90d }`,
  (c) =>
    `trigger: { sequence: [{ event: product.viewed, where: event.category == "${c}" }, { event: cart.updated, where: event.category == "${c}" }, mail.opened], within: 3d }`,
  (c) => `trigger: { becomes: contact.interest_${c} >= 20 }`,
  (_, n) => `trigger: { date: contact.renewal, offset: -${n + 1}w, at: "09:00" }`,
  (c, n) =>
    [
      'trigger: { schedule: first day of month at "09:00" }\naudience: contact.points >= 480',
      'trigger: { enters: valuable }',
      `subject: ticket\ntrigger: { any: [{ sla: answers.solved, mark: 80% }, { sla: answers.solved, mark: breach, as: ${c} }] }`,
    ][n]!,
];

/** What the playbooks refer to. */
const SURROUNDINGS: WorkspaceFile[] = [
  {
    path: 'traits/shop.yaml',
    text: `subject: contact\ntraits:\n  spent_90d: { sum: event.total, event: order.completed, over: 90d }\n${[
      'c0',
      'c1',
      'c2',
    ]
      .map(
        (c) =>
          `  interest_${c}:\n    score: [{ event: product.viewed, where: event.category == "${c}", points: 5 }]\n    half_life: 14d\n`,
      )
      .join('')}`,
  },
  { path: 'segments/shop.yaml', text: 'subject: contact\nsegments:\n  valuable: contact.spent_90d >= 800\n' },
  {
    path: 'calendars/weekdays.yaml',
    text: 'calendar: weekdays\ntime_zone: Europe/Berlin\nhours: { mon-fri: ["09:00-17:00"] }\n',
  },
  {
    path: 'sla/answers.yaml',
    text: 'sla: answers\ncalendar: weekdays\nclocks:\n  solved:\n    start: ticket.created\n    stop: ticket.solved\n    target: 8 business hours\n',
  },
];

/** Ten kinds in each of three categories: 30 playbooks, and what they refer to. */
export function shopPlaybooks(): WorkspaceFile[] {
  const playbooks = Array.from({ length: CATEGORIES }, (_, c) =>
    KINDS.map((kind, k) => ({ path: `shop-${c}-${k}.yaml`, text: playbook(`shop-${c}-${k}`, kind(`c${c}`, c), k) })),
  );
  return [...SURROUNDINGS, ...playbooks.flat()];
}

function playbook(name: string, trigger: string, k: number): string {
  const steps =
    k === 0
      ? '  - record: thanked\n'
      : '  - record: began\n  - wait_for: order.completed\n    within: 2d\n    then: [{ record: bought }]\n    else: [{ record: waited }]\n';
  return `playbook: ${name}\n${trigger}\nagain: after 30d\nholdout: 5%\ngoal: { event: order.completed, within: 7d }\nsteps:\n${steps}`;
}
