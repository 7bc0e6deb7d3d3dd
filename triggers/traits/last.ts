/** T14 last: the latest value; missing over no events. */
import type { Aggregate } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'last',
  needsValue: true,
  example: 'last_order_at: { last: event.at, event: order.completed, over: ever }',
  accepts: (value) => value !== undefined && value !== null,
  read: (entries) => entries.at(-1)?.value,
  compact: (entries) => entries.slice(-1),
};
