/** Merge patches of traits (E6): the last write wins, null removes. */
import type { Json, Traits } from '../model.ts';

/** The traits after a patch, as a new object. */
export function applyPatch(traits: Traits | undefined, patch: Traits): Traits {
  const after = { ...traits };
  for (const [name, value] of Object.entries(patch)) writeTrait(after, name, value);
  return after;
}

/** What other tools call the trait `time_zone`. */
const ZONE_NAMES = ['timezone', 'timeZone'];

/** What a call writes, with the trait `time_zone` where it says it under another name alone (E8). */
export function withZoneTrait(traits: Traits): Traits {
  if (traits.time_zone !== undefined) return traits;
  const other = ZONE_NAMES.find((name) => traits[name] !== undefined);
  return other === undefined ? traits : { ...traits, time_zone: traits[other]! };
}

/** Changes `traits` in place. */
export function writeTrait(traits: Traits, name: string, value: Json): void {
  if (value === null) delete traits[name];
  else traits[name] = value;
}
