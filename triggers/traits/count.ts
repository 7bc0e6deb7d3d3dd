/** T14 count: how many; 0 over no events. */
import type { Aggregate } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'count',
  needsValue: false,
  example: 'orders: { count: true, event: order.completed, over: ever }',
  accepts: () => true,
  read: (entries) => entries.reduce((n, entry) => n + Number(entry.value), 0),
  compact: (entries) => [{ at: entries.at(-1)!.at, value: entries.reduce((n, entry) => n + Number(entry.value), 0) }],
};
