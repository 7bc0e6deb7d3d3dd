/**
 * The CEL library tells what an object is by its `constructor`, so a record with a member of that name is nothing that it
 * knows, and none of its other members could be read. As a map such a record is read like any other.
 */

/** The same value, with maps in the place of objects that have a member `constructor`; itself where there is none. */
export function readable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(readable);
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, readable(member)]);
  if (Object.hasOwn(value, 'constructor')) return new Map(members);
  const changed = members.some(([name, member]) => member !== (value as { [name: string]: unknown })[name]);
  return changed ? Object.fromEntries(members) : value;
}

/** What `readable` was given, of what was made of it: JSON again. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
