/** What the definition of a computed trait reads (T14). */
import type { ComputedTrait, Expression } from '../../model.ts';

/** Every dotted path in the definition, each once: `event.total`, `contact.orders`. A prediction is no part of the value. */
export function readsOf(trait: ComputedTrait): string[] {
  const expressions: (Expression | undefined)[] = [trait.value, trait.by];
  for (const pattern of trait.events) expressions.push(pattern.where, pattern.points);
  for (const row of trait.tiers?.rows ?? []) expressions.push(row.if);
  return [...new Set(expressions.flatMap((expression) => expression?.reads ?? []))];
}
