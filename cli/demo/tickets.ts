/** Tickets, and how soon they are answered. */
import type { Instant, Json } from '../../language/model.ts';
import type { Random } from '../../simulate/random.ts';
import { about, HOUR_MS, MINUTE_MS, type TimedCall } from './calls.ts';
import type { Person } from './company.ts';

export const TICKET_FATES = ['answered', 'just in time', 'breached', 'pending', 'writes again'] as const;
export type TicketFate = (typeof TICKET_FATES)[number];

export interface TicketStory {
  /** In the morning, when support is there. */
  at: Instant;
  id: string;
  contact: Person;
  accountId?: string;
  fate: TicketFate;
}

const SUBJECTS = [
  'Parcel has not arrived',
  'Wrong size',
  'Cannot sign in',
  'Invoice is missing',
  'How do I return this?',
];
/** What makes each fate come true on one working day (playbooks/sla/standard.yaml). */
const PRIORITIES: { [fate in TicketFate]: string } = {
  answered: 'normal',
  'just in time': 'high',
  breached: 'urgent',
  pending: 'high',
  'writes again': 'normal',
};

export function ticketStory({ at, id, contact, accountId, fate }: TicketStory, random: Random): TimedCall[] {
  const event = (afterMs: number, name: string, properties: { [name: string]: Json } = {}) =>
    about(at + afterMs, name, { ticketId: id, ...properties });
  const set = (afterMs: number, status: string) =>
    event(afterMs, status === 'solved' ? 'ticket.solved' : 'ticket.updated', { ticket: { status } });
  const answer = (afterMs: number) => event(afterMs, 'ticket.replied', { by: 'agent', public: true });
  const ticket = {
    subject: random.pick(SUBJECTS),
    priority: PRIORITIES[fate],
    status: 'open',
    assignee: random.pick(['kim', 'max']),
    team: 'support',
    contactId: contact.id,
    ...(accountId !== undefined && { accountId }),
  };
  const created = event(0, 'ticket.created', { ticket });
  switch (fate) {
    case 'just in time':
      // 80 % of four business hours are over after 3 h 12 min; lunch gives another hour.
      return [created, answer(280 * MINUTE_MS), set(330 * MINUTE_MS, 'solved')];
    case 'breached':
      // Due after one business hour; two more, and the head of support knows.
      return [
        created,
        answer(6 * HOUR_MS),
        set(7 * HOUR_MS, 'solved'),
        event(7.5 * HOUR_MS, 'csat.answered', { rating: random.int(1, 3) }),
      ];
    case 'pending':
      return [
        created,
        set(20 * MINUTE_MS, 'pending'),
        set(23 * HOUR_MS, 'open'),
        answer(24 * HOUR_MS),
        set(25 * HOUR_MS, 'solved'),
      ];
    case 'writes again':
      return [
        created,
        answer(random.int(20, 60) * MINUTE_MS),
        event(3 * HOUR_MS, 'ticket.replied', { by: 'customer' }),
        answer(25 * HOUR_MS),
        set(26 * HOUR_MS, 'solved'),
      ];
    default:
      return [created, answer(random.int(20, 90) * MINUTE_MS), set(random.int(2, 4) * HOUR_MS, 'solved')];
  }
}
