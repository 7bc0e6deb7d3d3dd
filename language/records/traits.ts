/** Merge patches of traits (E6): the last write wins, null removes. */
import type { Json, Traits } from '../model.ts';
import { placedWrite } from './suppression.ts';

/** The traits after a patch, as a new object. */
export function applyPatch(traits: Traits | undefined, patch: Traits): Traits {
  const after = { ...traits };
  for (const [name, value] of Object.entries(patch)) writeTrait(after, name, value);
  return after;
}

/** Changes `traits` in place. */
export function writeTrait(traits: Traits, name: string, value: Json): void {
  if (value === null) delete traits[name];
  else traits[name] = placedWrite(name, value, traits);
}
