/** Every condition there is: the files of triggers/conditions. */
import { discover } from '../language/discover.ts';
import type { Condition } from './condition.ts';

export const conditions: readonly Condition<never>[] = await discover(
  new URL('./conditions/', import.meta.url),
  'condition',
);

const byKind = new Map(conditions.map((condition) => [condition.kind, condition]));

export function conditionOf(kind: string): Condition<never> {
  const condition = byKind.get(kind);
  if (!condition) throw new Error(`no condition is called "${kind}": a version was compiled by another release`);
  return condition;
}
