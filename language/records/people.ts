/** Colleagues, teams and channels, and the paths that lead to them (W1). */

import type { Json, People, Person } from '../model.ts';
import { idIn } from './id-in.ts';
import { own } from './own.ts';
import { personAt } from './people/absences.ts';
import type { Place } from './timeline.ts';
import type { World } from './world.ts';

/** What an id names when a path goes on after it: a person, a team, or a contact. */
export function entityOf(world: World, id: string, place: Place): { [name: string]: Json } | undefined {
  const person = personOf(world.people, id);
  if (person) return { ...personAt(person, place.at) } as unknown as { [name: string]: Json };
  const team = world.people.teams.find((t) => t.id === id);
  if (team) return { ...team } as unknown as { [name: string]: Json };
  const contact = world.traits('contact', id, place);
  return contact && { ...contact, id };
}

/** By id, else the first by role, away or not: what a name means, and not who gets something. */
export function personOf(people: People, idOrRole: string): Person | undefined {
  return personsOf(people, idOrRole)[0];
}

function personsOf({ persons }: People, idOrRole: string): Person[] {
  const named = persons.find((p) => p.id === idOrRole);
  return named ? [named] : persons.filter((p) => p.role === idOrRole);
}

/** `passedOver`: the ids of those who would have been meant, and are away. */
export type Addressee = { passedOver?: string[] } & (
  | { kind: 'person'; person: Person; via?: 'deputy' | 'fallback' | 'owner' }
  | { kind: 'channel'; name: string; address: string }
  /** The playbook's owner, who is an address and no colleague of the files. */
  | { kind: 'owner'; address: string }
  | { kind: 'nobody' }
);

/**
 * Whom a reference leads to: a person, a role, `team:<name>` (its lead), `channel:<name>`, or a path to one, whose value
 * has been read into `found`. What leads to no one, or to who is away, goes to the team's `fallback`, then to the
 * playbook's `owner` (W1).
 */
export function addresseeOf(
  people: People,
  ref: string,
  found: Json | undefined,
  owner: string | undefined,
): Addressee {
  if (ref.startsWith('channel:')) {
    const name = ref.slice('channel:'.length);
    const address = own(people.channels, name);
    return address ? { kind: 'channel', name, address } : inPlaceOf(people, [], [], owner);
  }
  if (ref.startsWith('team:')) return leadOf(people, ref.slice('team:'.length), owner);
  const named = found === undefined ? ref : (idIn(found) ?? idOf(found));
  const persons = named === undefined ? [] : personsOf(people, named);
  if (persons.length > 0) return inPlaceOf(people, persons, [], owner);
  if (named !== undefined && people.teams.some((team) => team.id === named)) return leadOf(people, named, owner);
  return inPlaceOf(people, [], [], owner);
}

function leadOf(people: People, name: string, owner: string | undefined): Addressee {
  const team = people.teams.find((t) => t.id === name);
  const lead = team?.lead === undefined ? [] : personsOf(people, team.lead);
  return inPlaceOf(people, lead, [name], owner);
}

/**
 * The first of some persons who is not away; else the first deputy of theirs who is there; else the fallback of the first
 * team that has one who is there, or theirs; else the owner, away or not: behind the owner there is nobody.
 *
 * @param people as they are at the instant
 * @param teams that were meant; where none is named, those of the persons who are away
 */
export function inPlaceOf(
  people: People,
  persons: readonly Person[],
  teams: readonly string[],
  owner: string | undefined,
): Addressee {
  const away = new Set<string>();
  const isThere = (person: Person) => {
    if (person.away) away.add(person.id);
    return !person.away;
  };
  const over = () => (away.size > 0 ? { passedOver: [...away] } : {});
  const person = persons.find(isThere);
  if (person) return { kind: 'person', person, ...over() };
  const deputy = deputyOf(people, persons, isThere);
  if (deputy) return { kind: 'person', person: deputy, via: 'deputy', ...over() };
  const meant = teams.length > 0 ? teams : persons.flatMap((one) => teamOf(people, one) ?? []);
  const fallbacks = meant.flatMap((name) => people.teams.find(({ id }) => id === name)?.fallback ?? []);
  const named = fallbacks.flatMap((name) => personsOf(people, name));
  const standIn = named.find(isThere) ?? deputyOf(people, named, isThere);
  if (standIn) return { kind: 'person', person: standIn, via: 'fallback', ...over() };
  if (owner === undefined) return { kind: 'nobody', ...over() };
  const colleague = people.persons.find((p) => p.id === owner || p.email === owner);
  return colleague
    ? { kind: 'person', person: colleague, via: 'owner', ...over() }
    : { kind: 'owner', address: owner, ...over() };
}

/** Who stands in for the first of some persons that has somebody who is there: their deputy, else the deputy's. */
function deputyOf(
  people: People,
  persons: readonly Person[],
  isThere: (person: Person) => boolean,
): Person | undefined {
  for (const person of persons) {
    const asked = new Set([person.id]);
    for (let next = person.deputy; next !== undefined && !asked.has(next); ) {
      asked.add(next);
      const deputy = people.persons.find(({ id }) => id === next);
      if (deputy && isThere(deputy)) return deputy;
      next = deputy?.deputy;
    }
  }
  return undefined;
}

/** The team that a person belongs to, else the one that they lead. */
function teamOf({ teams }: People, person: Person): string | undefined {
  return person.team ?? teams.find(({ lead }) => lead === person.id)?.id;
}

function idOf(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return idIn(value.id);
}

/** True where a reference is a path whose value must be read first. */
export function isPath(ref: string): boolean {
  return /^[a-z_]+(\.[A-Za-z_][A-Za-z0-9_]*)+$/.test(ref);
}
