/** Colleagues, teams and channels, and the paths that lead to them (W1). */
import type { Json, People, Person } from '../model.ts';
import type { Place } from './timeline.ts';
import type { World } from './world.ts';

/** What an id names when a path goes on after it: a person, a team, or a contact. */
export function entityOf(world: World, id: string, place: Place): { [name: string]: Json } | undefined {
  const person = personOf(world.people, id);
  if (person) return { ...person } as unknown as { [name: string]: Json };
  const team = world.people.teams.find((t) => t.id === id);
  if (team) return { ...team } as unknown as { [name: string]: Json };
  const contact = world.traits('contact', id, place);
  return contact && { ...contact, id };
}

/** By id, else the first by role. */
export function personOf(people: People, idOrRole: string): Person | undefined {
  return people.persons.find((p) => p.id === idOrRole) ?? people.persons.find((p) => p.role === idOrRole);
}

export type Addressee =
  | { kind: 'person'; person: Person; via?: 'fallback' | 'owner' }
  | { kind: 'channel'; name: string; address: string }
  /** The playbook's owner, who is an address and no colleague of the files. */
  | { kind: 'owner'; address: string }
  | { kind: 'nobody' };

/**
 * Whom a reference leads to: a person, a role, `team:<name>` (its lead), `channel:<name>`, or a path to one, whose value
 * has been read into `found`. What leads to no one goes to the team's `fallback`, then to the playbook's `owner`.
 */
export function addresseeOf(
  people: People,
  ref: string,
  found: Json | undefined,
  owner: string | undefined,
): Addressee {
  if (ref.startsWith('channel:')) {
    const name = ref.slice('channel:'.length);
    const address = people.channels[name];
    return address ? { kind: 'channel', name, address } : ownerOf(people, owner);
  }
  if (ref.startsWith('team:')) return leadOf(people, ref.slice('team:'.length), owner);
  const named = found === undefined ? ref : typeof found === 'string' ? found : idOf(found);
  const person = named === undefined ? undefined : personOf(people, named);
  if (person) return { kind: 'person', person };
  if (named !== undefined && people.teams.some((team) => team.id === named)) return leadOf(people, named, owner);
  return ownerOf(people, owner);
}

function leadOf(people: People, name: string, owner: string | undefined): Addressee {
  const team = people.teams.find((t) => t.id === name);
  const lead = team?.lead === undefined ? undefined : personOf(people, team.lead);
  if (lead) return { kind: 'person', person: lead };
  const fallback = team?.fallback === undefined ? undefined : personOf(people, team.fallback);
  return fallback ? { kind: 'person', person: fallback, via: 'fallback' } : ownerOf(people, owner);
}

function ownerOf(people: People, owner: string | undefined): Addressee {
  if (owner === undefined) return { kind: 'nobody' };
  const person = people.persons.find((p) => p.id === owner || p.email === owner);
  return person ? { kind: 'person', person, via: 'owner' } : { kind: 'owner', address: owner };
}

function idOf(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return typeof value.id === 'string' ? value.id : undefined;
}

/** True where a reference is a path whose value must be read first. */
export function isPath(ref: string): boolean {
  return /^[a-z_]+(\.[A-Za-z_][A-Za-z0-9_]*)+$/.test(ref);
}
