/** What PostgreSQL's jsonb can hold, made or checked before a call is looked at. */

import { storable } from '../language/json.ts';
import type { Json } from '../language/model.ts';
import { Refused } from './refusal.ts';

/**
 * @param path where it stands in its call
 * @throws Refused at what jsonb cannot hold.
 */
export function storableValue(value: unknown, path: readonly (string | number)[]): Json {
  return storable(value, path, (at, message) => {
    throw new Refused('not_storable', at, message);
  });
}
