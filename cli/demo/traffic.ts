/** What happens in the company from the moment at which the demo begins, day by day, without an end. */

import { type Random, randomOf } from '../../simulate/random.ts';
import { type Days, inOrder, MINUTE_MS, type TimedCall, track } from './calls.ts';
import { CART_FATES, type CartFate, cartStory } from './carts.ts';
import { type Company, person } from './company.ts';
import { EARLY_LEAD, usageOn } from './history.ts';
import { LEAD_FATES, type LeadFate, leadStory } from './leads.ts';
import { TICKET_FATES, type TicketFate, ticketStory } from './tickets.ts';

const CARTS_A_DAY = 7;
const LEADS_A_DAY = 2;
const TICKETS_A_DAY = 4;
const LOGINS_A_DAY = 12;
const SURVEYS_A_DAY = 2;
const DAY_MINUTES = 13 * 60;

/** The first morning is written down, so that every playbook has something to do within the first hours. */
const FIRST_CARTS: [string, CartFate][] = [
  ['08:52', 'left'],
  ['08:54', 'after the reminder'],
  ['08:56', 'in time'],
  ['08:58', 'left'],
  ['09:10', 'the day after'],
];
const FIRST_LEADS: [string, LeadFate][] = [
  ['08:57', 'keen'],
  ['09:12', 'forgotten'],
  ['09:40', 'converts'],
];
const FIRST_TICKETS: [string, TicketFate][] = [
  ['09:01', 'breached'],
  ['09:05', 'just in time'],
  ['09:15', 'answered'],
  ['09:25', 'pending'],
];

export class Traffic {
  readonly #company: Company;
  readonly #days: Days;
  readonly #seed: number;
  #carts = 0;
  #leads = 0;
  #tickets = 100;

  constructor(company: Company, days: Days, seed: number) {
    this.#company = company;
    this.#days = days;
    this.#seed = seed;
  }

  /** Everything that begins on a day, oldest first; some of it ends on a later one. Days are asked for in order. */
  day(day: number): TimedCall[] {
    const random = randomOf(this.#seed, `day ${day}`);
    const calls = day === 0 ? this.#firstMorning(random) : this.#business(day, random);
    for (const customer of this.#company.customers) calls.push(usageOn(customer, this.#days, day, random));
    for (let i = 0; i < LOGINS_A_DAY; i += 1) {
      const at = this.#days.at(day, '09:00') + random.int(0, DAY_MINUTES - 60) * MINUTE_MS;
      calls.push(track(at, random.pick(this.#company.shoppers).id, 'login'));
    }
    for (let i = 0; i < SURVEYS_A_DAY; i += 1) {
      const at = this.#days.at(day, '10:00') + random.int(0, DAY_MINUTES - 120) * MINUTE_MS;
      calls.push(
        track(at, random.pick(this.#company.shoppers).id, 'survey.answered', { kind: 'nps', score: random.int(3, 10) }),
      );
    }
    return inOrder(calls);
  }

  #firstMorning(random: Random): TimedCall[] {
    const at = (time: string) => this.#days.at(0, time);
    const third = track(at('09:06'), EARLY_LEAD, 'meeting.logged', { by: 'kim' });
    return [
      third,
      ...FIRST_CARTS.flatMap(([time, fate]) => this.#cart(at(time), fate, random)),
      ...FIRST_LEADS.flatMap(([time, fate]) => this.#lead(at(time), fate, random)),
      ...FIRST_TICKETS.flatMap(([time, fate]) => this.#ticket(at(time), fate, random)),
      ...this.#times(3, () =>
        this.#cart(at('11:00') + random.int(0, 540) * MINUTE_MS, random.pick(CART_FATES), random),
      ),
    ];
  }

  #business(day: number, random: Random): TimedCall[] {
    const within = (from: string, minutes: number) => this.#days.at(day, from) + random.int(0, minutes) * MINUTE_MS;
    const carts = this.#times(CARTS_A_DAY, () =>
      this.#cart(within('08:00', DAY_MINUTES), random.pick(CART_FATES), random),
    );
    if (this.#days.isWeekend(day)) return carts;
    return [
      ...carts,
      ...this.#times(LEADS_A_DAY, () => this.#lead(within('09:00', 420), random.pick(LEAD_FATES), random)),
      ...this.#times(TICKETS_A_DAY, () => this.#ticket(within('09:00', 60), random.pick(TICKET_FATES), random)),
    ];
  }

  /** Shoppers take turns, so that none leaves two carts within the week in which one reminder is enough. */
  #cart(at: number, fate: CartFate, random: Random): TimedCall[] {
    const { shoppers } = this.#company;
    const shopper = shoppers[this.#carts % shoppers.length]!;
    this.#carts += 1;
    return cartStory({ at, id: `cart-${this.#carts}`, shopper, fate }, random);
  }

  #lead(at: number, fate: LeadFate, random: Random): TimedCall[] {
    this.#leads += 1;
    return leadStory({ at, lead: person(`lead-${this.#leads}`, this.#leads * 5 + 3, random), fate }, random);
  }

  #ticket(at: number, fate: TicketFate, random: Random): TimedCall[] {
    this.#tickets += 1;
    const customer = random.chance(0.5) ? random.pick(this.#company.customers) : undefined;
    const contact = customer?.mainContact ?? random.pick(this.#company.shoppers);
    const accountId = customer && { accountId: customer.id };
    return ticketStory({ at, id: String(this.#tickets), contact, fate, ...accountId }, random);
  }

  #times(n: number, story: () => TimedCall[]): TimedCall[] {
    return Array.from({ length: n }, story).flat();
  }
}
