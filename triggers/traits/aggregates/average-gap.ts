/**
 * T14 average_gap: the mean time between neighbouring events, in days with fractions; missing over fewer than two. The
 * gaps add up to the way from the first to the last, so over ever these two and the number of events are kept.
 */
import { DAY_MS } from '../../../language/time/duration.ts';
import type { Aggregate } from '../aggregate.ts';
import { added, merged } from './entries.ts';

export const aggregate: Aggregate = {
  kind: 'average_gap',
  needsValue: false,
  example: 'order_gap: { average_gap: true, event: order.completed, over: ever }',
  accepts: () => true,
  within: (entries, entry) => merged(entries, entry, added),
  ever(entries, entry) {
    const [first, last] = entries;
    return first ? [first, { at: entry.at, value: added(last?.value ?? 0, entry.value) }] : [entry];
  },
  read(entries) {
    const events = entries.reduce((n, entry) => n + Number(entry.value), 0);
    if (events < 2) return undefined;
    return (entries.at(-1)!.at - entries[0]!.at) / (events - 1) / DAY_MS;
  },
};
