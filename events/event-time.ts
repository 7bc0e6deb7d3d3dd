/** When an event happened (semantics E1, E3). */
import type { Instant } from '../language/model.ts';
import { isoInstant } from '../language/time/instants.ts';
import type { ClientStamps } from './new-event.ts';
import { Refused } from './refusal.ts';

/** An event stamped later than received by more than this is also flagged (E3). */
const FLAGGED_AFTER_MS = 5 * 60_000;

/**
 * The event time: corrected by the client's clock error where both stamps came, and never later than received.
 *
 * @returns `flagged` when the event claimed to come from more than five minutes ahead.
 */
export function eventTime({ timestamp, sentAt }: ClientStamps, receivedAt: Instant): { at: Instant; flagged: boolean } {
  let at = timestamp ?? receivedAt;
  if (timestamp !== undefined && sentAt !== undefined) at = receivedAt - (sentAt - timestamp);
  return at > receivedAt ? { at: receivedAt, flagged: at - receivedAt > FLAGGED_AFTER_MS } : { at, flagged: false };
}

/** No event is older: what is, is a client's zero. */
const FIRST_AT: Instant = Date.parse('1970-01-01T00:00:00Z');
/** Between an event and its sending; with it no event comes to lie before the first. */
const LONGEST_DELAY_MS = 50 * 366 * 86_400_000;

/** @throws Refused where the stamps give no event time (E1) */
export function checkStamps({ timestamp, sentAt }: ClientStamps): void {
  if (timestamp === undefined) return;
  if (timestamp < FIRST_AT) {
    const came = `${isoInstant(timestamp)} came`;
    throw new Refused('time_out_of_range', ['timestamp'], `An event is from 1970 or later; ${came}.`);
  }
  if (sentAt !== undefined && sentAt - timestamp > LONGEST_DELAY_MS) {
    const came = `timestamp is ${isoInstant(timestamp)}, sentAt ${isoInstant(sentAt)}`;
    throw new Refused('time_out_of_range', ['sentAt'], `An event is sent within 50 years; ${came}.`);
  }
}
