/** Tickets with the clocks of their promises, and what was escalated. */
import { z } from 'zod';
import { id, instant, namedSubject, paging } from './common.ts';
import { endpoint } from './endpoint.ts';

export const CLOCK_STATES = ['running', 'breached', 'paused', 'met', 'ended'] as const;

/** A colleague as of now; `name` null where nobody deployed is called so. */
export const colleagueRef = z.object({ id: z.string(), name: z.string().nullable(), isAway: z.boolean() });
export type ColleagueRef = z.infer<typeof colleagueRef>;

export const ticketClock = z.object({
  policy: z.string(),
  clock: z.string(),
  /** From 1; a clock may run again (L2). */
  instance: z.int(),
  /** `breached`: and not stopped yet, where `stoppedAt` is null. `ended`: cancelled, or without a promise. */
  state: z.enum(CLOCK_STATES),
  startedAt: instant,
  /** When the promise breaks, or broke; null while the clock is paused. */
  due: instant.nullable(),
  /** What is left of the promise, and how far it is broken: open time of its calendar, or exact, as `unit` says. */
  leftMs: z.number().nullable(),
  overdueMs: z.number(),
  unit: z.enum(['business', 'exact']),
  /** Breaks within an hour, or a fifth of its time is left. */
  isAtRisk: z.boolean(),
  stoppedAt: instant.nullable(),
});
export type TicketClock = z.infer<typeof ticketClock>;

export const queuedTicket = ticketClock.extend({
  ticket: namedSubject,
  status: z.string().nullable(),
  priority: z.string().nullable(),
  assignee: colleagueRef.nullable(),
  team: z.string().nullable(),
});
export type QueuedTicket = z.infer<typeof queuedTicket>;

export const QUEUE_STATES = ['hour', 'risk', 'running', 'breached', 'paused'] as const;

export const listTickets = endpoint({
  method: 'GET',
  path: '/api/tickets',
  role: 'viewer',
  summary:
    'Clocks that run for tickets: what breaks next first, then what has broken within 30 days, then what is paused beside them. Of the 2,000 tickets that are due first, and the 2,000 that broke last.',
  query: z.strictObject({
    state: z.enum(QUEUE_STATES).optional(),
    person: z.string().max(200).optional().describe('`me`, or the id of a colleague.'),
    team: z.string().max(200).optional().describe('The ticket’s, else that of whom it is assigned to.'),
    policy: z.string().max(200).optional(),
    ...paging,
  }),
  answer: z.object({
    items: z.array(queuedTicket),
    next: z.string().nullable(),
    now: instant,
    /** Of whom and what is chosen, whatever the state. */
    counts: z.object({ hour: z.int(), risk: z.int(), running: z.int(), breached: z.int(), paused: z.int() }),
    teams: z.array(z.string()),
    policies: z.array(z.string()),
    /** There are more than were looked at. */
    isCut: z.boolean(),
  }),
});

export const escalation = z.object({
  id: z.string(),
  at: instant,
  kind: z.enum(['escalate', 'notify', 'assign']),
  playbook: z.string(),
  status: z.string(),
  /** What was done. */
  text: z.string(),
  /** What its playbook had fired for. */
  because: z.string(),
  firedAt: instant,
});
export type Escalation = z.infer<typeof escalation>;

export const ticketShown = z.object({
  ticket: namedSubject,
  exists: z.boolean(),
  status: z.string().nullable(),
  priority: z.string().nullable(),
  assignee: colleagueRef.nullable(),
  team: z.string().nullable(),
  now: instant,
  clocks: z.array(ticketClock),
  /** The latest first. */
  escalations: z.array(escalation),
});
export type TicketShown = z.infer<typeof ticketShown>;

export const getTicket = endpoint({
  method: 'POST',
  path: '/api/tickets/one',
  role: 'viewer',
  summary: 'A ticket with its clocks, and what was escalated, to whom, and why.',
  body: z.strictObject({ id }),
  answer: ticketShown,
});

export const colleague = z.object({
  id: z.string(),
  name: z.string().nullable(),
  role: z.string().nullable(),
  team: z.string().nullable(),
  /** Teams that they lead. */
  leads: z.array(z.string()),
  isAway: z.boolean(),
  /** As the people files have them: days, or instants. */
  absences: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable() })),
  deputy: z.string().nullable(),
  zone: z.string().nullable(),
  /** Tasks that they have to do. */
  openTasks: z.int(),
});
export type Colleague = z.infer<typeof colleague>;

export const listColleagues = endpoint({
  method: 'GET',
  path: '/api/colleagues',
  role: 'viewer',
  summary: 'The people of the deployed files, who is away, and who stands in.',
  answer: z.object({ items: z.array(colleague), channels: z.array(z.string()) }),
});
