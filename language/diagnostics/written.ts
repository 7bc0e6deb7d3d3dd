/**
 * A value as a message says it: a text as it stands, a map or a list as JSON. `String` would ask a map for its own
 * `toString`, and anybody may write a key of that name.
 */
export function written(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
