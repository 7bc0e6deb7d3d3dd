/** The forty days before the demo begins: who is there, and what they did. */
import type { Instant } from '../../language/model.ts';
import { type Random, randomOf } from '../../simulate/random.ts';
import { about, type Days, HOUR_MS, inOrder, introduce, type TimedCall, track } from './calls.ts';
import { type Company, type Customer, person, unitsOn } from './company.ts';
import { ticketStory } from './tickets.ts';

export const HISTORY_DAYS = 40;
const ORDERS = 60;
const OLD_TICKETS = 6;

/** The lead with a third follow-up soon after the start: it was created before anything was deployed. */
export const EARLY_LEAD = 'lead-0';

/** @param until the instant at which the demo begins: nothing is later. */
export function tellHistory(company: Company, days: Days, seed: number, until: Instant): TimedCall[] {
  const random = randomOf(seed, 'history');
  const begin = days.at(-HISTORY_DAYS, '08:00');
  const calls: TimedCall[] = [
    ...company.shoppers.map((shopper) => introduce(begin, shopper)),
    ...company.customers.flatMap((customer) => introduceCustomer(begin, customer)),
    ...earlyLead(days, random),
  ];
  for (let day = -HISTORY_DAYS; day < 0; day += 1) {
    for (const customer of company.customers) calls.push(usageOn(customer, days, day, random));
  }
  for (let i = 0; i < ORDERS; i += 1) {
    const shopper = random.pick(company.shoppers);
    const at = days.at(random.int(-HISTORY_DAYS + 1, -2), '12:00') + random.int(0, 480) * 60_000;
    calls.push(
      track(at, shopper.id, 'order.completed', { cart_id: `old-${i}`, total: random.int(20, 200), currency: 'EUR' }),
    );
  }
  for (let i = 0; i < OLD_TICKETS; i += 1) {
    const at = days.at(random.int(-30, -9), '09:30');
    calls.push(
      ...ticketStory({ at, id: `${i + 1}`, contact: random.pick(company.shoppers), fate: 'answered' }, random),
    );
  }
  return inOrder(calls.filter((call) => call.at < until));
}

export function usageOn(customer: Customer, days: Days, day: number, random: Random): TimedCall {
  const at = days.at(day, '18:00') + random.int(0, 3_599) * 1_000;
  return about(at, 'usage.reported', { accountId: customer.id, units: unitsOn(customer, day, random) });
}

function introduceCustomer(at: Instant, { id, name, status, csm, mainContact }: Customer): TimedCall[] {
  const traits = { name, status, csm, main_contact: mainContact.id };
  return [introduce(at, mainContact), { at, call: { type: 'group', userId: mainContact.id, groupId: id, traits } }];
}

function earlyLead(days: Days, random: Random): TimedCall[] {
  const lead = person(EARLY_LEAD, 11, random);
  const created = days.at(-6, '10:00');
  return [
    introduce(created, lead, { stage: 'new' }),
    track(created, lead.id, 'lead.created', { source: 'fair' }),
    track(days.at(-4, '11:00'), lead.id, 'call.logged', { by: lead.owner }),
    track(days.at(-3, '11:00') + HOUR_MS, lead.id, 'mail.logged', { by: lead.owner }),
  ];
}
