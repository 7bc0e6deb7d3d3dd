/** T14 max: the largest number; missing over no events. Over ever that one number is kept. */
import type { Aggregate } from '../aggregate.ts';
import { isNumber } from './entries.ts';

export const aggregate: Aggregate = {
  kind: 'max',
  needsValue: true,
  example: 'largest_order: { max: event.total, event: order.completed, over: 365d }',
  accepts: isNumber,
  // What is no larger than a later one leaves the window before it, and is never the largest again.
  within: (entries, entry) => [...entries.slice(0, entries.findLastIndex((e) => larger(e, entry)) + 1), entry],
  ever: (entries, entry) => [entries[0] && larger(entries[0], entry) ? entries[0] : entry],
  read: (entries) =>
    entries.length === 0 ? undefined : entries.reduce((a, b) => (larger(b, a) ? b : a), entries[0]!).value,
};

function larger(a: { value: unknown }, b: { value: unknown }): boolean {
  return (a.value as number) > (b.value as number);
}
