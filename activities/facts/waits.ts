/**
 * What a wait has found (decision 6): by a row that the evaluator matched, else on the timeline itself. A wait that
 * begins late reads beyond its own instant as well: what was consumed before it had a row, the evaluator does not match.
 */
import { firstMatch, type JourneyReader, viewAt, waitSubscription } from '../../evaluation/journey-facts.ts';
import { matchStateNow } from '../../evaluation/subscriptions.ts';
import type { Instant } from '../../language/model.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import type { WaitForConfig } from '../../steps/kinds/wait-for.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import type { TimelineQuestion } from '../../store/events/timelines.ts';
import { type Found, matchEvent, type Subscription, watchesState } from '../../triggers/entry/subscriptions.ts';
import { beganAt, type CommandContext, keyExpressionOf } from '../batch/command-context.ts';
import { type ContactIds, subjectThen } from './contact-ids.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { namesOf, worldFor } from './looking.ts';

export interface WaitInput {
  context: CommandContext;
  reader: JourneyReader;
  loaders: FactLoaders;
  contacts: ContactIds;
  now: Instant;
  config: WaitForConfig;
  /** The end of its `within`. */
  until: Instant | null;
}

export function foundBy(input: WaitInput): Found | undefined {
  const { context, config, until } = input;
  const matched = storedMatch(input);
  if (matched) return matched;
  const { command, row } = context;
  const subscription = waitSubscription(row, keyExpressionOf(context), config, {
    beganAt: beganAt(context),
    until,
    iteration: command.iteration,
  });
  const byThen =
    firstMatch(consumedThen(input, subscription, namesOf(subscription.arms)), (event) =>
      eventFound(input, subscription, event),
    ) ?? stateFound(input, subscription, command.at);
  if (byThen || command.name === 'look') return byThen;
  return foundSince(input, subscription);
}

function storedMatch({ context, loaders }: WaitInput): Found | undefined {
  const { command, row } = context;
  const stored = context.inputs.find(
    (input) => input.kind === 'match' && input.path === command.path && input.iteration === command.iteration,
  );
  if (!stored) return undefined;
  const { arm, at, event } = stored;
  if (event === null) return { arm, at, properties: {} };
  const there = loaders.timeline({ subject: row.subject, names: null, after: at - 1, upTo: at, isReadNow: true });
  const properties = there.find((e) => e.messageId === event)?.properties ?? {};
  return { arm, at, event, properties };
}

/** What came between the wait's instant and now: events in their order, and what holds after each of them. */
function foundSince(input: WaitInput, subscription: Subscription): Found | undefined {
  const { context, now, until } = input;
  const { at } = context.command;
  const watches = watchesState(subscription.arms);
  const names = watches ? null : namesOf(subscription.arms);
  const then = new Set(consumedThen(input, subscription, names).map((event) => event.arrival));
  const since = consumedNow(input, subscription, names).filter((event) => !then.has(event.arrival));
  const found = firstMatch(
    since,
    (event) => eventFound(input, subscription, event) ?? stateFound(input, subscription, event),
  );
  if (found) return found;
  const isOver = until !== null && now > until;
  return !isOver && now > at ? stateFound(input, subscription, now) : undefined;
}

function eventFound({ reader }: WaitInput, subscription: Subscription, event: StoredEvent): Found | undefined {
  const world = worldFor(subscription, reader.world);
  return matchEvent(subscription, event, viewAt({ ...reader, world }, placeOfEvent(event)));
}

function stateFound(
  { context, reader }: WaitInput,
  subscription: Subscription,
  at: Instant | StoredEvent,
): Found | undefined {
  if (!watchesState(subscription.arms)) return undefined;
  const view = typeof at === 'number' ? viewAt(reader, at) : { ...viewAt(reader, placeOfEvent(at)), event: at };
  return matchStateNow({ subscription, version: context.version }, view, reader.state).found;
}

/** What was on the timeline at the wait's instant, as it was read then. */
function consumedThen(input: WaitInput, subscription: Subscription, names: string[] | null): readonly StoredEvent[] {
  const { context, contacts } = input;
  const { command } = context;
  return consumed(input, names, {
    subject: subjectThen(context, contacts),
    names,
    after: subscription.since,
    upTo: command.at,
  });
}

/** And what is there by now. */
function consumedNow(input: WaitInput, subscription: Subscription, names: string[] | null): readonly StoredEvent[] {
  const { subject } = input.context.row;
  return consumed(input, names, { subject, names, after: subscription.since, upTo: null });
}

/** What is not consumed yet, the evaluator will match with the row that this wait has, or is about to write. */
function consumed(
  { context, loaders }: WaitInput,
  names: string[] | null,
  question: TimelineQuestion,
): readonly StoredEvent[] {
  if (names?.length === 0) return [];
  const waiting = new Set(context.unconsumed.events.map((event) => event.arrival));
  return loaders.timeline(question).filter((event) => !waiting.has(event.arrival));
}
