/** How little of the world event patterns need: records of the past are costly to fetch. */
import type { Awaited, Expression, People } from '../../language/model.ts';
import type { World } from '../../language/records/world.ts';
import type { Subscription } from '../../triggers/entry/subscriptions.ts';

const WITHOUT_RECORDS = new Set(['event', 'trigger', 'now']);

/** Whether an expression looks beyond the event, to records or to what depends on a record's zone. */
export function readsRecords(expression: Expression | undefined): boolean {
  if (!expression) return false;
  return expression.timed || expression.reads.some((path) => !WITHOUT_RECORDS.has(path.split('.')[0]!));
}

/** A world without records, for what reads the event alone. */
export function eventsOnly(people: People): World {
  return { people, traits: () => undefined, computed: () => undefined, isComputed: () => false };
}

/** The names of the events that it looks for, each once. */
export function namesOf(arms: Subscription['arms']): string[] {
  const names = arms.flat().flatMap((awaited) => (awaited.kind === 'event' ? [awaited.event] : []));
  return [...new Set(names)].sort();
}

/** The world that its event patterns need. */
export function worldFor(subscription: Subscription, world: World): World {
  const needs = (awaited: Awaited) =>
    awaited.kind === 'event' &&
    (readsRecords(awaited.where) || readsRecords(awaited.key ?? subscription.keyExpression));
  return subscription.arms.flat().some(needs) ? world : eventsOnly(world.people);
}
