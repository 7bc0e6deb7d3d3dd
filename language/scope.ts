/** The names that expressions and texts see, for one subject at one place. */

import { isJsonObject } from './json.ts';
import type { Json, Person, RecordType, SubjectRef, Traits } from './model.ts';
import { idIn } from './records/id-in.ts';
import { personAt } from './records/people/absences.ts';
import { entityOf } from './records/people.ts';
import { relatedList } from './records/relations.ts';
import type { Place, TimelineEvent } from './records/timeline.ts';
import { isRecord, relationsOf, type World } from './records/world.ts';
import { isoInstant } from './time/instants.ts';

export interface ScopeInput {
  subject: SubjectRef;
  place: Place;
  /** Dotted paths that will be read: only their computed traits and relations are looked up. */
  reads: readonly string[];
  /** Other roots: `event`, `trigger`, `steps`, `repeat`, `with`, `links`. */
  also?: { [root: string]: Json | undefined };
}

export type Scope = { [root: string]: Json };

/** Builds the scope. Records that do not exist are left out, so that what reads them is missing (T0). */
export function scopeOf(world: World, input: ScopeInput): Scope {
  const { subject, place } = input;
  const scope: Scope = { now: isoInstant(place.at) };
  const { also = {} } = input;
  for (const root of Object.keys(also)) if (also[root] !== undefined) scope[root] = also[root];
  if (isRecord(subject)) {
    const own = world.traits(subject.type, subject.id, place);
    const named = relationsOf(subject.type, subject.id, own);
    for (const [type, id] of Object.entries(named) as [RecordType, string][]) {
      const traits = type === subject.type ? (own ?? {}) : world.traits(type, id, place);
      // Who is named has its lists and what is computed of it, even where nothing is stored of it.
      const isThere = traits !== undefined || input.reads.some((read) => isFound(world, type, read));
      if (isThere) scope[type] = withComputed(world, { type, id }, traits ?? {}, input);
    }
  }
  if (subject.type === 'colleague') {
    const person = world.people.persons.find(({ id }) => id === subject.id);
    if (person) scope.colleague = asWritten(personAt(person, place.at));
  }
  for (const path of pathsOf(input.reads)) {
    // A shorter one ends before it could go on behind an id.
    if (path.length > 2) followEntities(world, scope, path, place);
  }
  return scope;
}

const paths = new WeakMap<readonly string[], string[][]>();

/** What is read, by its names; expressions keep their lists, which are taken apart once. */
function pathsOf(reads: readonly string[]): string[][] {
  let known = paths.get(reads);
  if (!known) paths.set(reads, (known = reads.map((read) => read.split('.'))));
  return known;
}

/** An event as expressions see it: its properties, and `at` (T0). */
export function eventScope(event: Pick<TimelineEvent, 'at' | 'properties'>): { [name: string]: Json } {
  // `at` is first: adding it to a copy of a JSON object costs twenty times as much.
  const scope = { at: '', ...event.properties };
  scope.at = isoInstant(event.at);
  return scope;
}

function withComputed(
  world: World,
  { type, id }: { type: RecordType; id: string },
  traits: Traits,
  input: ScopeInput,
): Traits {
  const all: Traits = { id: '', ...traits };
  all.id = id;
  for (const [root, trait] of pathsOf(input.reads)) {
    if (root !== type || trait === undefined) continue;
    if (type === 'contact' && trait === 'duplicates') {
      const count = world.duplicates?.(id, input.place);
      if (count !== undefined) all.duplicates = count;
      continue;
    }
    const list = relatedList(type, trait);
    if (!list && !world.isComputed(type, trait)) continue;
    const value = list ? world.related?.(list, id, input.place) : world.computed(type, id, trait, input.place);
    if (value !== undefined) all[trait] = value;
    else if (list) delete all[trait];
  }
  return all;
}

/** Whether a path asks for what is not stored with the record: a list, or a computed trait. */
function isFound(world: World, type: RecordType, read: string): boolean {
  const [root, name] = read.split('.');
  if (root !== type || name === undefined) return false;
  return relatedList(type, name) !== undefined || world.isComputed(type, name);
}

/** A colleague under the names that files of people use. */
function asWritten({ timeZone, absences: _, ...person }: Person): { [name: string]: Json } {
  return { ...person, ...(timeZone !== undefined && { time_zone: timeZone }) };
}

/** Where a path goes on after an id (`contact.owner.manager`), replaces the id with what it names. */
function followEntities(world: World, scope: Scope, path: string[], place: Place): void {
  let holder: { [name: string]: Json } = scope;
  for (let i = 0; i < path.length - 1; i++) {
    const name = path[i]!;
    let value = holder[name];
    const id = i > 0 ? idIn(value) : undefined;
    if (id !== undefined) {
      value = entityOf(world, id, place);
      if (value === undefined) return;
    } else if (isJsonObject(value)) value = { ...value };
    else return;
    holder[name] = value;
    holder = value as { [name: string]: Json };
  }
}
