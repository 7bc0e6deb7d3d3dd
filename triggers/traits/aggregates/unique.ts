/**
 * T14 unique: the different values in the order in which each first appeared; a list gives its members. Over ever as many
 * entries are kept as there are different values.
 */
import { canonical } from '../../../language/canonical.ts';
import { shownNumber } from '../../../language/cel/shown-number.ts';
import type { Json } from '../../../language/model.ts';
import type { Aggregate, Entry } from '../aggregate.ts';

export const aggregate: Aggregate = {
  kind: 'unique',
  needsValue: true,
  example: 'features: { unique: event.feature, event: feature.used, over: ever }',
  accepts: (value) => value !== null,
  within: (entries, entry) => [...entries, entry],
  ever(entries, entry) {
    const known = new Set(distinct(entries).keys());
    const fresh = [...distinct([entry])].filter(([id]) => !known.has(id)).map(([, value]) => value);
    return fresh.length === 0 ? [...entries] : [...entries, { at: entry.at, value: fresh }];
  },
  read: (entries) => [...distinct(entries).values()],
};

/** By canonical form, so that equal maps are one; a number and the text that shows it are one, as in every equality (Y2). */
function distinct(entries: readonly Entry[]): Map<string, Json> {
  const found = new Map<string, Json>();
  for (const { value } of entries) {
    for (const member of Array.isArray(value) ? value : [value]) {
      if (member === null) continue;
      const id = canonical(shownNumber(member) as Json);
      if (!found.has(id)) found.set(id, member);
    }
  }
  return found;
}
