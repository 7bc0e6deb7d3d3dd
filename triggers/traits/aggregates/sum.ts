/** T14 sum: exact decimals of nine places; 0 over no events. Over ever one decimal is kept. */
import Big from 'big.js';
import type { Json } from '../../../language/model.ts';
import type { Aggregate } from '../aggregate.ts';
import { isNumber, merged } from './entries.ts';

const PLACES = 9;

export const aggregate: Aggregate = {
  kind: 'sum',
  needsValue: true,
  example: 'usage_7d: { sum: event.units, event: usage.reported, over: 7d }',
  accepts: isNumber,
  within: (entries, entry) => merged(entries, entry, plus),
  ever: (entries, entry) => [{ at: entry.at, value: plus(entries[0]?.value ?? 0, entry.value) }],
  read: (entries) => entries.reduce((sum, entry) => sum.plus(decimal(entry.value)), new Big(0)).toNumber(),
};

/** As text, so that what is kept is the decimal and not the nearest binary fraction. */
function plus(a: Json, b: Json): Json {
  return decimal(a).plus(decimal(b)).toString();
}

function decimal(value: Json): Big {
  return new Big(value as number | string).round(PLACES);
}
