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

/** The same history of other people: every id and message of it gets the name in front. */
export function named(history: History, name: string): History {
  const own = (id: Json | undefined) => (id === undefined || id === null ? id : `${name}-${id}`);
  return history.map((arrival) => {
    const call: WireCall = { ...arrival.call };
    for (const member of ['userId', 'anonymousId', 'previousId', 'messageId', 'groupId']) {
      if (call[member] !== undefined) call[member] = own(call[member])!;
    }
    return { ...arrival, call };
  });
}

/** A history as somebody reads it: when it happened, when it came, in which request, and the call. */
export function told(history: History): string[] {
  return history.map(({ call, at, sentAt, cut }) => {
    const { messageId, timestamp: _, ...said } = call;
    const hours = (instant: Instant) => `${(instant - START) / UNIT_MS} h`;
    return `${hours(at)}, came at ${hours(sentAt)} in request ${cut}: ${String(messageId)} ${JSON.stringify(said)}`;
  });
}
