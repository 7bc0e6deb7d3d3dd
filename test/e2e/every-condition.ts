/** A playbook for every condition that there is, and a history that meets each of them now and then. */

import type { WorkspaceFile } from '../../language/compile.ts';
import type { Instant } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { randomOf } from '../../simulate/random.ts';
import type { SentEvent } from '../support/evaluation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** By the rule that each stands for. */
const TRIGGERS: { [name: string]: string } = {
  t1: '{ event: page, where: event.v > 3, key: event.k }',
  't2-count': '{ event: page, at_least: 3, within: 6h }',
  't2-hold': '{ event: page, at_least: 2, within: 4h, unless: bought, hold: 90m, key: event.k }',
  't3-absence': '{ event: page, unless: bought, within: 3h, key: event.k }',
  't3-first': '{ event: page, where: event.v > 1, unless: bought, within: 5h, timer: first }',
  't4-shortfall': '{ event: page, fewer_than: 2, of: called, within: 5h }',
  't5-drop': '{ metric: { sum: event.v, event: page }, over: 1d, drops: 30%, compared_with: 2d, only_if_baseline: 1 }',
  't6-inactive': '{ inactive: page, for: 7h }',
  't7-sequence': '{ sequence: [page, called, bought], within: 20h }',
  't8-date': '{ date: contact.renewal, offset: -1d, at: "09:00" }',
  't9-becomes': '{ becomes: contact.stage == "hot" }',
  't9-for': '{ becomes: contact.stage == "hot", for: 4h }',
  't9-time': '{ becomes: days_since(contact.seen_on) > 1 }',
  't11-schedule': '{ schedule: "30 8 * * *" }',
  't12-enters': '{ enters: busy }',
  't12-leaves': '{ leaves: busy }',
  't13-any': '{ any: [{ event: bought, as: now }, { event: called, unless: page, within: 2h, as: later }] }',
  't14-where': '{ event: called, where: contact.pages_12h >= 2 }',
  't14-score': '{ becomes: contact.warmth < 8 }',
  't14-tiers': '{ becomes: contact.tier == "gold" }',
};
/** Of tickets, whose events stand on their contacts' timelines as well (E8). */
const OF_TICKETS: { [name: string]: string } = {
  't10-breach': '{ sla: quick.reply, mark: breach }',
  't10-share': '{ sla: quick.reply, mark: 50% }',
  't10-next': '{ sla: quick.next, mark: +30m }',
  'e8-own': '{ event: ticket.said, where: ticket.priority == "high" }',
};
const OF_CONTACTS: { [name: string]: string } = {
  'e8-moves': '{ event: ticket.noted, where: event.n < 8 }',
  'e8-contact': '{ event: ticket.said, at_least: 2, within: 8h }',
  'e8-lists': '{ event: ticket.said, where: "contact.tickets.exists(t, t.priority == \'high\')" }',
};

function playbook(name: string, subject: string, trigger: string): WorkspaceFile {
  const text = `playbook: ${name}
owner: ops@shop.example
subject: ${subject}
trigger: ${trigger}
again: always
steps: [{ record: done }]
`;
  return { path: `${name}.yaml`, text };
}

export const EVERY_CONDITION: WorkspaceFile[] = [
  ...Object.entries({ ...TRIGGERS, ...OF_CONTACTS }).map(([name, text]) => playbook(name, 'contact', text)),
  ...Object.entries(OF_TICKETS).map(([name, text]) => playbook(name, 'ticket', text)),
  {
    path: 'traits/every.yaml',
    text: `subject: contact
traits:
  pages_12h: { count: true, event: page, over: 12h }
  warmth: { score: [{ event: page, points: 3 }, { event: bought, points: 10 }], half_life: 12h }
  spent: { sum: event.total, event: bought, over: last 3 }
  tier: { tiers: [{ if: contact.spent >= 10, is: gold }, { else: plain }] }
`,
  },
  {
    path: 'segments/every.yaml',
    text: 'subject: contact\nsegments: { busy: contact.pages_12h >= 3 && contact.stage != "cold" }\n',
  },
  {
    path: 'sla/quick.yaml',
    text: `sla: quick
calendar: support-eu
clocks:
  reply:
    start: ticket.opened
    stop: { event: ticket.said, where: event.by == "agent" }
    pause: ticket.status in ["pending"]
    target: { high: 1 business hour, default: 4 business hours }
    by: ticket.priority
  next:
    start: { event: ticket.said, where: event.by == "customer" }
    stop: { event: ticket.said, where: event.by == "agent" }
    target: { default: 2h }
    repeat: true
`,
  },
];

/** What is sent when: `at` is when it happened, `sentAt` when it came. */
export interface Sent {
  event: SentEvent;
  at: Instant;
  sentAt: Instant;
  /** It never comes late: a late change of a relation moves nothing that stands already (E8). */
  inTime?: true;
}

const CONTACTS = ['ada', 'bob', 'cy'];

/** Some days of some people; none of it late yet. */
export function everyHistory(seed: number, start: Instant): Sent[] {
  const random = randomOf(seed, 'history');
  const sent: Sent[] = [];
  const add = (at: Instant, event: SentEvent) =>
    sent.push({ event: { ...event, id: `m${sent.length}` }, at, sentAt: at });
  // Who is there is known from the beginning: schedules look at nobody else, and a relation stays as it is (E8).
  CONTACTS.forEach((id, n) => {
    const traits = { time_zone: ['Europe/Berlin', 'America/New_York', 'UTC'][n]!, seen_on: '2026-03-01' };
    add(start + n, { name: 'known', ids: { contactId: id }, patches: [{ type: 'contact', id, traits }] });
    const ticket = { contactId: id, priority: random.pick(['high', 'low']), status: 'open' };
    const patches = [{ type: 'ticket' as const, id: `t-${id}`, traits: ticket }];
    add(start + 10 + n, { name: 'ticket.known', ids: { ticketId: `t-${id}` }, patches });
  });
  for (let at = start + HOUR; at < start + 5 * DAY; at += random.int(MINUTE, 100 * MINUTE)) {
    const id = random.pick(CONTACTS);
    const k = random.pick(['k1', 'k2']);
    const contact = (name: string, properties: SentEvent['properties'] & object = {}) =>
      add(at, { name, ids: { contactId: id }, properties });
    const traits = (value: { [name: string]: string }) =>
      add(at, { name: 'told', ids: { contactId: id }, patches: [{ type: 'contact', id, traits: value }] });
    const ticket = (name: string, by: string, value: { [name: string]: string } = {}) =>
      add(at, {
        name,
        ids: { ticketId: `t-${id}` },
        properties: { by },
        patches: [{ type: 'ticket', id: `t-${id}`, traits: value }],
      });
    const moves = (contactId: string) =>
      sent.push({
        event: {
          name: 'ticket.moved',
          ids: { ticketId: 'moving' },
          patches: [{ type: 'ticket', id: 'moving', traits: { contactId } }],
          id: `m${sent.length}`,
        },
        at,
        sentAt: at,
        inTime: true,
      });
    const day = (offset: number) => isoInstant(at + offset * DAY).slice(0, 10);
    random.pick([
      () => contact('page', { v: random.int(0, 6), k }),
      () => contact('page', { v: random.int(0, 6), k }),
      () => contact('page', { v: random.int(0, 6), k }),
      () => contact('bought', { total: random.int(1, 8), k }),
      () => contact('called', { k }),
      () => traits({ stage: random.pick(['hot', 'cold', 'warm']) }),
      () => traits({ seen_on: day(0) }),
      () => traits({ renewal: day(random.int(1, 3)) }),
      () => moves(random.pick(CONTACTS)),
      () => add(at, { name: 'ticket.noted', ids: { ticketId: 'moving' }, properties: { n: random.int(1, 9) } }),
      () => ticket('ticket.opened', 'customer'),
      () => ticket('ticket.said', random.pick(['agent', 'customer']), { status: random.pick(['open', 'pending']) }),
      () => ticket('ticket.said', 'customer', { priority: random.pick(['high', 'low']) }),
    ])();
  }
  return sent;
}
