/** Values of the wrong type that one evaluation has met, by who asks (T0). */
import type { Expression, Json } from '../model.ts';

/** An expression that met one, and what it read then. */
export interface WrongValue {
  expression: string;
  values: { [path: string]: Json };
}

/**
 * By asker, as owners.ts names it: `playbook:<name>`, `trait:<name>`, `sla:<policy>.<clock>`. What was read is asked for in
 * virtual time alone, at once: counters of a store hold no data of people.
 */
export type WrongTypes = Map<string, () => WrongValue>;

/** Values that one example shows. */
const MAX_VALUES = 5;
const MAX_CHARS = 100;

/** @param scope the names that the expression saw */
export function wrongValueIn(
  { cel, reads }: Pick<Expression, 'cel' | 'reads'>,
  scope: { [root: string]: Json },
): WrongValue {
  const values: { [path: string]: Json } = {};
  for (const path of reads) {
    const value = valueIn(scope, path);
    if (value !== undefined && Object.keys(values).length < MAX_VALUES) values[path] = shortened(value);
  }
  return { expression: cel, values };
}

/** Whether something is there, and is not what it is looked at for. */
export function isUnread(value: Json | undefined, read: (value: Json) => unknown): boolean {
  return value !== undefined && value !== null && value !== '' && read(value) === undefined;
}

/** The value of a dotted path; undefined where it leads nowhere. */
export function valueIn(scope: { [root: string]: Json }, path: string): Json | undefined {
  let value: Json | undefined = scope;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function shortened(value: Json): Json {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MAX_CHARS ? value : `${text.slice(0, MAX_CHARS)}…`;
}
