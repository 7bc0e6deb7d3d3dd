/** What the aggregates share. Not in the file of their interface, which loads them. */
import type { Json } from '../../../language/model.ts';
import type { Entry } from '../aggregate.ts';

/** Entries of one instant leave every window together: they are kept as one. */
export function merged(entries: readonly Entry[], entry: Entry, join: (a: Json, b: Json) => Json): Entry[] {
  const last = entries.at(-1);
  if (last?.at !== entry.at) return [...entries, entry];
  return [...entries.slice(0, -1), { at: entry.at, value: join(last.value, entry.value) }];
}

export function isNumber(value: Json): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** For entries that hold a number of events. */
export function added(a: Json, b: Json): Json {
  return Number(a) + Number(b);
}
