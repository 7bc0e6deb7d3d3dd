/** T14 sum: exact decimals of nine places; 0 over no events. */
import Big from 'big.js';
import type { Aggregate, Entry } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'sum',
  needsValue: true,
  example: 'usage_7d: { sum: event.units, event: usage.reported, over: 7d }',
  accepts: (value) => typeof value === 'number' && Number.isFinite(value),
  read: (entries) => total(entries).toNumber(),
  compact: (entries) => [{ at: entries.at(-1)!.at, value: total(entries).toString() }],
};

function total(entries: readonly Entry[]): Big {
  return entries.reduce((sum, entry) => sum.plus(new Big(entry.value as number | string).round(9)), new Big(0));
}
