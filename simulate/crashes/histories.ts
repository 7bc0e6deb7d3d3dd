/** What one person does who meets a drawn playbook, and what colleagues answer; and how they and other systems behave. */
import type { Instant, Json } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { randomOf } from '../random.ts';
import { beginsBy } from './playbooks.ts';

export const START: Instant = Date.parse('2026-03-02T06:00:00Z');
export const HOUR_MS = 3_600_000;

export type WireCall = { [member: string]: Json };

/** What a drawn playbook asks of people: the paths of its steps. */
export interface Asking {
  playbook: string;
  tasks: readonly string[];
  approvals: readonly string[];
}

/** Unlike any other word: whatever names a person is found by it. */
export const nameOf = (n: number): string => `p${String(n).padStart(5, '0')}p`;

const HALF_HOURS = 72;

/** The calls of one person, by their timestamps. */
export function drawHistory(seed: number, n: number, { playbook, tasks, approvals }: Asking): WireCall[] {
  const name = nameOf(n);
  const ticketId = `t-${name}`;
  const random = randomOf(seed, name);
  const calls: WireCall[] = [];
  const add = (halfHours: number, call: WireCall) => {
    const timestamp = isoInstant(START + (halfHours * HOUR_MS) / 2);
    calls.push({ userId: name, messageId: `${name}-${calls.length}`, timestamp, type: 'track', ...call });
  };
  const traits: { [name: string]: Json } = {
    name,
    owner: random.pick(['kim', 'max']),
    points: random.int(0, 3),
    country: random.pick(['DE', 'FR']),
  };
  if (random.chance(0.95)) traits.email = `${name}@example.com`;
  if (random.chance(0.9)) traits.consent = { marketing: true };
  add(0, { type: 'identify', traits });
  // What happens happens to the person and to the ticket.
  const happened = (event: string, properties: WireCall = {}) => ({ event, properties: { ticketId, ...properties } });
  const ticket = { id: ticketId, contactId: name, priority: random.pick(['low', 'normal', 'urgent']), status: 'open' };
  add(0, { event: 'ticket.opened', properties: { ticket } });
  const begun = random.int(1, 4);
  const came = happened(beginsBy(playbook));
  add(begun, came);
  if (random.chance(0.1)) add(random.int(begun, HALF_HOURS), came);
  const later = () => random.int(begun, HALF_HOURS);
  for (let count = random.int(0, 2); count > 0; count--) add(later(), happened('booked'));
  if (random.chance(0.2)) add(later(), happened('placed', { total: random.int(1, 90) }));
  if (random.chance(0.15)) add(later(), happened('lost'));
  if (random.chance(0.15))
    add(later(), { event: 'ticket.solved', properties: { ticket: { id: ticketId, status: 'solved' } } });
  if (random.chance(0.2)) add(later(), { type: 'identify', traits: { points: random.int(0, 9) } });
  const answered = (event: string, step: string) => add(later(), happened(event, { step, by: 'kim' }));
  for (const step of tasks) if (random.chance(0.6)) answered(random.pick(['task.done', 'task.accepted']), step);
  for (const step of approvals)
    if (random.chance(0.7)) answered(random.pick(['approval.given', 'approval.refused']), step);
  return calls.sort((a, b) => String(a.timestamp).localeCompare(String(b.timestamp)));
}

/**
 * How another system takes what is about a person: by the instant, and not by how often it was asked, so that a try that a
 * crash repeats gets the same answer.
 */
export type Behaviour =
  | { kind: 'takes'; known: boolean }
  | { kind: 'refuses' }
  | { kind: 'away'; until: Instant; code: 'busy' | 'throws' };

export function behaviourOf(seed: number, name: string, system: 'mail' | 'webhook' | 'call'): Behaviour {
  const random = randomOf(seed, `${system} of ${name}`);
  const kind = random.next();
  const known = random.chance(0.5);
  if (kind < 0.08) return { kind: 'refuses' };
  if (kind > 0.25) return { kind: 'takes', known };
  const away = random.pick([1, 2]) * HOUR_MS;
  return { kind: 'away', until: START + away, code: random.pick(['busy', 'throws']) };
}
