/** T14 first: the earliest value; missing over no events. Over ever one entry is kept. */
import type { Aggregate } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'first',
  needsValue: true,
  example: 'first_order_at: { first: event.at, event: order.completed, over: ever }',
  accepts: (value) => value !== null,
  within: (entries, entry) => [...entries, entry],
  ever: (entries, entry) => (entries[0] ? [entries[0]] : [entry]),
  read: (entries) => entries[0]?.value,
};
