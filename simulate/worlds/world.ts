/** A small world: what a few people did, as it is written in a file or sent on the wire, and when each call arrived. */
import type { Instant, Json } from '../../language/model.ts';

/** A call of the tracking API. */
export type WireCall = { [member: string]: Json };

export interface Arrival {
  call: WireCall;
  /** Event time. */
  at: Instant;
  /** The clock at which it comes in: never before `at`. */
  sentAt: Instant;
  /** Calls of one instant with one cut stand in one request; a later cut is sent once the earlier one is consumed. */
  cut: number;
  /** Its ids are digits; without it they are names. */
  ids?: Digits;
}

/** E8: an id is a text or a number, and the two are one. Beyond 2^53 a double would round it. */
export interface Digits {
  huge: boolean;
  /** This call says numbers. */
  asNumbers: boolean;
}

/** In the order of arrival: by `sentAt`, then `cut`, then their order here. */
export type History = readonly Arrival[];

export const START: Instant = Date.parse('2026-03-02T06:00:00Z');
export const UNIT_MS = 3_600_000;

/** E4's order: of one instant, what came in first. */
export function inOrder(history: History): Arrival[] {
  return history
    .map((arrival, n) => ({ arrival, n }))
    .sort((a, b) => a.arrival.at - b.arrival.at || a.arrival.sentAt - b.arrival.sentAt || a.n - b.n)
    .map(({ arrival }) => arrival);
}

export function isLate({ at, sentAt }: Arrival): boolean {
  return sentAt > at;
}

const PEOPLE = ['K', 'L', 'A', 'B'];
const IDS = ['userId', 'anonymousId', 'previousId', 'groupId'];

/**
 * The same history of other people: every id and message of it gets the name in front, or is digits with the name's in them.
 *
 * @param name a letter and five digits
 */
export function named(history: History, name: string): History {
  return history.map((arrival) => {
    const call: WireCall = { ...arrival.call };
    const own = (id: string) =>
      arrival.ids ? digitsOf(arrival.ids, `${name.slice(1)}${PEOPLE.indexOf(id) + 1}`) : `${name}-${id}`;
    for (const member of IDS) if (typeof call[member] === 'string') call[member] = own(call[member]);
    if (isObject(call.properties)) call.properties = namedProperties(call.properties, own);
    if (typeof call.messageId === 'string') call.messageId = `${name}-${call.messageId}`;
    return { ...arrival, call };
  });
}

/** The ticket that an event names, and the contact that a ticket names. */
function namedProperties(properties: WireCall, own: (id: string) => string): WireCall {
  const { ticketId, ticket } = properties;
  const contactId = isObject(ticket) && ticket.contactId;
  return {
    ...properties,
    ...(typeof ticketId === 'string' && { ticketId: own(ticketId) }),
    ...(typeof contactId === 'string' && { ticket: { ...(ticket as WireCall), contactId: own(contactId) } }),
  };
}

function isObject(value: Json | undefined): value is WireCall {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function digitsOf({ huge }: Digits, tail: string): string {
  return `${huge ? HUGE : SMALL}${tail}`;
}

const SMALL = '1';
const HUGE = '900719925474';
const DIGITS = new RegExp(`\\b(?:${SMALL}|${HUGE})(\\d{5})[1-4]\\b`);

/** The name of the history that a text is about; empty where it is about none. */
export function historyIn(text: string): string {
  const [name] = /\bh\d{5}\b/.exec(text) ?? [];
  const digits = DIGITS.exec(text)?.[1];
  return name ?? (digits === undefined ? '' : `h${digits}`);
}

/** A call as it is sent, and as it stands in a file: JSON, in which a number has all of its digits. */
export function wireText({ call, ids }: Arrival): string {
  const text = JSON.stringify(call);
  return ids?.asNumbers ? text.replace(/"(userId|anonymousId|previousId)":"(\d+)"/g, '"$1":$2') : text;
}

/** A history as somebody reads it: when it happened, when it came, in which request, and the call. */
export function told(history: History): string[] {
  return history.map(({ call, at, sentAt, cut, ids }) => {
    const { messageId, timestamp: _, ...said } = call;
    const hours = (instant: Instant) => `${(instant - START) / UNIT_MS} h`;
    return `${hours(at)}, came at ${hours(sentAt)} in request ${cut}: ${String(messageId)} ${JSON.stringify(said)}${ids ? ` ${JSON.stringify(ids)}` : ''}`;
  });
}
