/** Words of the sentences that steps write for the activity feed. */
import type { Json, People } from '../language/model.ts';

/** A colleague's name, or several, by the ids that playbooks use. */
export function colleagueName(id: Json | undefined, people: People): string {
  if (Array.isArray(id)) return id.map((one) => colleagueName(one, people)).join(', ');
  const text = typeof id === 'string' ? id : 'nobody';
  return people.persons.find((person) => person.id === text)?.name ?? text;
}

export function wordsOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
