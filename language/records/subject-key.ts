/** A subject as one text, `contact/u1`: what maps and order within an instant go by. */
import type { SubjectRef, SubjectType } from '../model.ts';

let latest = { type: '', id: '', key: '/' };

/** The latest text is kept: one subject is asked for many times in a row. */
export function subjectKey({ type, id }: { type: string; id: string }): string {
  if (id !== latest.id || type !== latest.type) latest = { type, id, key: `${type}/${id}` };
  return latest.key;
}

/** The subject of a key; ids may contain slashes, types do not. */
export function subjectOfKey<Type extends SubjectType = SubjectType>(key: string): SubjectRef & { type: Type } {
  const slash = key.indexOf('/');
  return { type: key.slice(0, slash) as Type, id: key.slice(slash + 1) };
}
