/** T14 last: the latest value; missing over no events. One entry is kept: the earlier ones leave every window before it. */
import type { Aggregate } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'last',
  needsValue: true,
  example: 'last_order_at: { last: event.at, event: order.completed, over: ever }',
  accepts: (value) => value !== null,
  within: (_, entry) => [entry],
  ever: (_, entry) => [entry],
  read: (entries) => entries.at(-1)?.value,
};
