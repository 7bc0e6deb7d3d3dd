/** Calls of the tracking API at their instants, as the demo's stories are made of. */
import type { Instant, Json } from '../../language/model.ts';
import { addDays, instantAt, weekday } from '../../language/time/zones.ts';
import type { Person } from './company.ts';

export interface TimedCall {
  at: Instant;
  call: { [name: string]: Json };
}

export const ZONE = 'Europe/Berlin';
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** Days of the week count from Monday, 0. */
const SATURDAY = 5;

/** The days of the demo: 0 is the one on which it begins. */
export class Days {
  readonly #first: string;

  /** @param first `2026-11-23` */
  constructor(first: string) {
    this.#first = first;
  }

  /** @param time `08:50`, on the clocks of the company. */
  at(day: number, time: string): Instant {
    return instantAt(addDays(this.#first, day), time, ZONE);
  }

  isWeekend(day: number): boolean {
    return weekday(addDays(this.#first, day)) >= SATURDAY;
  }
}

/** An event of a contact. */
export function track(
  at: Instant,
  userId: string,
  event: string,
  properties: { [name: string]: Json } = {},
): TimedCall {
  return { at, call: { type: 'track', event, userId, properties } };
}

/** A look at a page of the website. */
export function looked(at: Instant, userId: string, path: string): TimedCall {
  return { at, call: { type: 'page', userId, properties: { path } } };
}

/** An event of a record alone: `about('usage.reported', { accountId: 'acme', … })`. */
export function about(at: Instant, event: string, properties: { [name: string]: Json }): TimedCall {
  return { at, call: { type: 'track', event, properties } };
}

export function introduce(at: Instant, person: Person, more: { [trait: string]: Json } = {}): TimedCall {
  const { id, name, email, country, owner, marketing } = person;
  return {
    at,
    call: { type: 'identify', userId: id, traits: { name, email, country, owner, consent: { marketing }, ...more } },
  };
}

/** Oldest first; at one instant as they were told. */
export function inOrder(calls: readonly TimedCall[]): TimedCall[] {
  return calls.toSorted((a, b) => a.at - b.at);
}
