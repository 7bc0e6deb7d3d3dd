/**
 * Merge patches of traits (E6): the last write wins, and null removes. Consent is merged by what is in it, so that a page
 * that asks for one topic takes nothing else away.
 */
import { isJsonObject } from '../json.ts';
import type { Json, Traits } from '../model.ts';
import { placedPatch } from './suppression.ts';

export const CONSENT = 'consent';
/** What consent holds by names: each topic and each channel is a write of its own. */
const NAMED = ['topics', 'channels'];

/**
 * The single writes that a patch comes to, by the names under which they are stored: `plan`, `consent.marketing`,
 * `consent.topics.wellness`.
 */
export function traitWritesOf(patch: Traits): [name: string, value: Json][] {
  return Object.entries(patch).flatMap(([name, value]): [string, Json][] =>
    name === CONSENT && isJsonObject(value) ? consentWrites(value) : [[name, value]],
  );
}

function consentWrites(consent: { [member: string]: Json }): [string, Json][] {
  return Object.entries(consent).flatMap(([member, value]): [string, Json][] => {
    const at = `${CONSENT}.${member}`;
    if (!NAMED.includes(member) || !isJsonObject(value)) return [[at, value]];
    return Object.entries(value).map(([name, given]) => [`${at}.${name}`, given]);
  });
}

/** The traits after a patch, as a new object. */
export function applyPatch(traits: Traits | undefined, patch: Traits): Traits {
  const after = { ...traits };
  for (const [name, value] of traitWritesOf(placedPatch(patch, traits))) writeTrait(after, name, value);
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

/** Carries out one of `traitWritesOf` in place; what is inside of the traits' values is not changed, but replaced. */
export function writeTrait(traits: Traits, name: string, value: Json): void {
  if (isPartOfConsent(name)) {
    const path = name.slice(CONSENT.length + 1).split('.');
    const [member, ...rest] = path as [string, ...string[]];
    // A topic's name may have dots of its own; any other member is one.
    const inside = NAMED.includes(member) && rest.length > 0 ? [member, rest.join('.')] : [path.join('.')];
    writeTrait(traits, CONSENT, within(traits[CONSENT], inside, value));
  } else if (value === null) delete traits[name];
  else traits[name] = value;
}

/** Whether a write is of consent, whole or in part. */
export function isOfConsent(name: string): boolean {
  return name === CONSENT || isPartOfConsent(name);
}

function isPartOfConsent(name: string): boolean {
  return name.startsWith(`${CONSENT}.`);
}

function within(before: Json | undefined, [member, ...deeper]: string[], value: Json): Json {
  const after = isJsonObject(before) ? { ...before } : {};
  const written = deeper.length === 0 ? value : within(after[member!], deeper, value);
  if (written === null) delete after[member!];
  else after[member!] = written;
  return after;
}
