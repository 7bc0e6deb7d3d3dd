/** Words of the sentences that steps write for the activity feed. */
import type { Json, People } from '../language/model.ts';

/** A colleague's name, or several, by the ids that playbooks use. */
export function colleagueName(id: Json | undefined, people: People): string {
  if (Array.isArray(id) && id.length > 0) return id.map((one) => colleagueName(one, people)).join(', ');
  if (typeof id !== 'string') return 'a colleague';
  return people.persons.find((person) => person.id === id)?.name ?? id;
}

export function wordsOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
