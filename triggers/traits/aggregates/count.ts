/** T14 count: how many; 0 over no events. Over ever one number is kept. */
import type { Aggregate } from '../aggregate.ts';
import { added, merged } from './entries.ts';

export const aggregate: Aggregate = {
  kind: 'count',
  needsValue: false,
  example: 'orders: { count: true, event: order.completed, over: ever }',
  accepts: () => true,
  within: (entries, entry) => merged(entries, entry, added),
  ever: (entries, entry) => [{ at: entry.at, value: added(entries[0]?.value ?? 0, entry.value) }],
  read: (entries) => entries.reduce((n, entry) => n + Number(entry.value), 0),
};
