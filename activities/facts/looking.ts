/** How a member's goals, exits and waits look at its subject's timeline. */
import type { Awaited, Instant, Settings } from '../../language/model.ts';
import { type Place, placeOfJourney } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { EvaluationView } from '../../triggers/engine/evaluation-view.ts';
import type { Subscription } from '../../triggers/entry/subscriptions.ts';
import type { CommandContext } from '../batch/command-context.ts';
import { eventsOnly } from './events-only.ts';
import { readsRecords } from './reads.ts';

export function subscriptionOf(
  { row, version }: CommandContext,
  looksFor: Pick<Subscription, 'kind' | 'arms' | 'since' | 'until'>,
): Subscription {
  return {
    ...looksFor,
    enrolmentId: row.id,
    key: row.key,
    keyExpression: version.playbook.trigger.arms[row.arm]?.key,
    trigger: row.trigger,
    held: false,
    ghost: row.ghost,
  };
}

export function viewOf(member: CommandContext, world: World, settings: Settings, at: Instant | Place): EvaluationView {
  const place = typeof at === 'number' ? placeOfJourney(at) : at;
  const zone = member.version.playbook.timeZone ?? settings.timeZone;
  return { world, subject: member.row.subject, place, zone };
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
