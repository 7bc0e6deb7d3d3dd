/** T14 first: the earliest value; missing over no events. */
import type { Aggregate } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'first',
  needsValue: true,
  example: 'first_order_at: { first: event.at, event: order.completed, over: ever }',
  accepts: (value) => value !== undefined && value !== null,
  read: (entries) => entries[0]?.value,
  compact: (entries) => entries.slice(0, 1),
};
