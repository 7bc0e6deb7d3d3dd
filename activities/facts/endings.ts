/**
 * Goals and exits that the deciding transaction can see, consumed by the evaluator or not (S19): inputs
 * that the evaluator wrote and no signal has brought yet, and what is on the subject's timeline since the start.
 */
import { endingAmong, type JourneyReader, viewAt } from '../../evaluation/journey-facts.ts';
import { goalValue, subscriptionOf } from '../../evaluation/subscriptions.ts';
import type { Instant, Json } from '../../language/model.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import type { SeenEnding } from '../../steps/decide-command.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import { type AttributedTo, attributing, movedBy } from '../../triggers/entry/attribution.ts';
import { matchEvent, openingSubscriptions, watchesState } from '../../triggers/entry/subscriptions.ts';
import { endingOf } from '../../workflows/journey/reduce.ts';
import type { Input } from '../../workflows/journey/types.ts';
import { type CommandContext, keyExpressionOf } from '../batch/command-context.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { namesOf, worldFor } from './looking.ts';

export function endingSeen(
  context: CommandContext,
  reader: JourneyReader,
  loaders: FactLoaders,
): SeenEnding | undefined {
  const { row, version, inputs } = context;
  const first = inputs.find(({ kind }) => kind !== 'match' && kind !== 'look');
  if (first) {
    const { n, at, event } = first;
    const kind = first.kind as Input['kind'];
    return { ending: endingOf({ n, kind, at, ...(event !== null && { event }) }), at };
  }
  const rows = openingSubscriptions(version.playbook, row.startedAt, row.trigger).map((opening) => ({
    subscription: subscriptionOf(row, keyExpressionOf(context), opening),
  }));
  const names = rows.flatMap(({ subscription }) => [
    ...namesOf(subscription.arms),
    ...attributing(subscription.attribute),
  ]);
  const events = eventsFor(context, loaders, names);
  const find = ({ subscription }: (typeof rows)[number], event: StoredEvent) => {
    const view = viewAt({ ...reader, world: worldFor(subscription, reader.world) }, placeOfEvent(event));
    return matchEvent(subscription, event, view);
  };
  return endingAmong(events, rows, version.playbook, find)?.seen;
}

export interface DecidedGoal {
  event: string | null;
  at: Instant;
  value: Json | undefined;
  attributedTo?: AttributedTo;
}

/** The last message of the enrolment before its goal, where that counts from one. */
function attributedBefore(
  context: CommandContext,
  loaders: FactLoaders,
  goalAt: Instant,
): Pick<DecidedGoal, 'attributedTo'> {
  const { row, version } = context;
  const opening = openingSubscriptions(version.playbook, row.startedAt, row.trigger).find(
    ({ kind }) => kind === 'goal',
  );
  const subscription = opening && subscriptionOf(row, keyExpressionOf(context), opening);
  if (!subscription?.attribute) return {};
  for (const event of eventsFor(context, loaders, attributing(subscription.attribute))) {
    if (event.at < goalAt) Object.assign(subscription, movedBy(subscription, event));
  }
  const { attributedTo } = subscription;
  return attributedTo ? { attributedTo } : {};
}

/** The evidence of a goal, with the value that the goal's expression has over it (G1). */
export function goalMet(context: CommandContext, reader: JourneyReader, loaders: FactLoaders): DecidedGoal | undefined {
  const { command, version, row } = context;
  if (command.ending?.outcome !== 'converted') return undefined;
  const { goal } = version.playbook;
  const arms = [goal?.awaited ?? []];
  const evidence = command.ending.event ?? null;
  // A condition may have turned with an event of any name.
  const isAnyName = watchesState(arms) && goal?.value !== undefined && evidence !== null;
  const event = eventsFor(context, loaders, isAnyName ? null : namesOf(arms)).find((e) => e.messageId === evidence);
  const at = event?.at ?? command.at;
  const view = viewAt(reader, event ? placeOfEvent(event) : command.at);
  const value = goalValue(version.playbook, row.trigger, { ...view, event });
  return { event: evidence, at, value, ...attributedBefore(context, loaders, at) };
}

function eventsFor(
  { row }: CommandContext,
  loaders: FactLoaders,
  names: readonly string[] | null,
): readonly StoredEvent[] {
  if (names?.length === 0) return [];
  const sorted = names && [...new Set(names)].sort();
  return loaders.timeline({ subject: row.subject, names: sorted, after: row.startedAt - 1, upTo: null });
}
