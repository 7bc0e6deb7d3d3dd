/** What a table has under a name that somebody wrote: not what every object inherits, as `constructor`. */
export function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
