/** T14 max: the largest number; missing over no events. */
import type { Aggregate, Entry } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'max',
  needsValue: true,
  example: 'largest_order: { max: event.total, event: order.completed, over: 365d }',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value),
  read: (entries) => largest(entries)?.value,
  compact: (entries) => entries.filter((entry) => entry === largest(entries)),
};

function largest(entries: readonly Entry[]): Entry | undefined {
  return entries.reduce<Entry | undefined>(
    (a, b) => (a && (a.value as number) >= (b.value as number) ? a : b),
    undefined,
  );
}
