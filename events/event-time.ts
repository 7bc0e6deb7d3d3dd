/** When an event happened (semantics E1, E3). */
import type { Instant } from '../language/model.ts';
import type { ClientStamps } from './new-event.ts';

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
