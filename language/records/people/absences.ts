/** Who is away at an instant (W1). */
import type { Absence, Instant, People, Person } from '../../model.ts';
import { parseInstant } from '../../time/instants.ts';
import { localDate } from '../../time/zones.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;

/** A day's beginning in UTC, or an instant; undefined for what is neither. */
export function absenceTime(text: string): Instant | undefined {
  if (!DAY.test(text)) return parseInstant(text);
  const at = parseInstant(`${text}T00:00:00Z`);
  return at !== undefined && localDate(at, 'UTC') === text ? at : undefined;
}

/** Days count in the person's zone, else in UTC: the whole of the last one too. An instant is the first that is not part of it. */
export function isAway({ away = false, absences = [], timeZone = 'UTC' }: Person, at: Instant): boolean {
  return away || absences.some((absence) => covers(absence, at, timeZone));
}

function covers({ from, to }: Absence, at: Instant, zone: string): boolean {
  const begun = from === undefined || (DAY.test(from) ? localDate(at, zone) >= from : at >= parseInstant(from)!);
  if (!begun || to === undefined) return begun;
  return DAY.test(to) ? localDate(at, zone) <= to : at < parseInstant(to)!;
}

const withAbsences = new WeakMap<People, boolean>();

/** The people as they are at an instant: `away` says who is. */
export function peopleAt(people: People, at: Instant): People {
  let some = withAbsences.get(people);
  if (some === undefined) {
    some = people.persons.some(({ absences }) => absences !== undefined);
    withAbsences.set(people, some);
  }
  return some ? { ...people, persons: people.persons.map((person) => personAt(person, at)) } : people;
}

export function personAt(person: Person, at: Instant): Person {
  return person.absences === undefined ? person : { ...person, away: isAway(person, at) };
}
