/**
 * What a wait has found (decision 6): by a row that the evaluator matched, else on the timeline itself. A wait that
 * begins late looks beyond its own instant, too: what was consumed before it listened, nobody will tell it.
 */
import type { Instant } from '../../language/model.ts';
import { placeOfEvent } from '../../language/records/timeline.ts';
import type { World } from '../../language/records/world.ts';
import type { WaitForConfig } from '../../steps/kinds/wait-for.ts';
import type { StoredEvent } from '../../store/events/timeline.ts';
import {
  type Found,
  matchEvent,
  matchState,
  type Subscription,
  watchesState,
} from '../../triggers/entry/subscriptions.ts';
import { beganAt, type CommandContext } from '../batch/command-context.ts';
import { clockAwaited } from './clocks.ts';
import type { FactLoaders } from './fact-loaders.ts';
import { namesOf, subscriptionOf, viewOf, worldFor } from './looking.ts';

export interface WaitInput {
  member: CommandContext;
  shelves: FactLoaders;
  world: World;
  now: Instant;
  /** The end of its `within`. */
  until: Instant | null;
}

export function isWait({ command, version }: CommandContext): boolean {
  const kind = version.playbook.steps[command.path]?.kind;
  return kind === 'wait_for' && (command.name === 'listen' || command.name === 'look');
}

export function foundBy(input: WaitInput): Found | undefined {
  const { member, until } = input;
  const told = toldMatch(input);
  if (told) return told;
  const { command } = member;
  const { arms, sinceEnrolment } = member.version.playbook.steps[command.path]!.config as unknown as WaitForConfig;
  const since = sinceEnrolment ? member.row.startedAt : beganAt(member);
  const subscription = subscriptionOf(member, { kind: 'wait', arms, since, until });
  const byThen = eventFound(input, subscription, command.at) ?? stateFound(input, subscription, command.at);
  if (byThen || command.name === 'look') return byThen;
  return foundSince(input, subscription);
}

function toldMatch({ member, shelves }: WaitInput): Found | undefined {
  const { command, row } = member;
  const told = member.told.find(
    (input) => input.kind === 'match' && input.path === command.path && input.iteration === command.iteration,
  );
  if (!told) return undefined;
  const { arm, at, event } = told;
  if (event === null) return { arm, at, properties: {} };
  const there = shelves.timeline({ subject: row.subject, names: null, after: at - 1, upTo: at });
  const properties = there.find((e) => e.messageId === event)?.properties ?? {};
  return { arm, at, event, properties };
}

/** The first event that matches, up to an instant. */
function eventFound(input: WaitInput, subscription: Subscription, upTo: Instant): Found | undefined {
  for (const event of consumedEvents(input, subscription, namesOf(subscription.arms), upTo)) {
    const found = matchEvent(subscription, event, lookAt(input, subscription, event));
    if (found) return found;
  }
  return undefined;
}

/** What came between the wait's instant and now: events in their order, and what holds behind each of them. */
function foundSince(input: WaitInput, subscription: Subscription): Found | undefined {
  const { member, now, until } = input;
  const watches = watchesState(subscription.arms);
  const names = watches ? null : namesOf(subscription.arms);
  for (const event of consumedEvents(input, subscription, names, null)) {
    if (event.at <= member.command.at) continue;
    const found = matchEvent(subscription, event, lookAt(input, subscription, event));
    const state = found ?? (watches ? stateFound(input, subscription, event) : undefined);
    if (state) return state;
  }
  const isOver = until !== null && now > until;
  return watches && !isOver && now > member.command.at ? stateFound(input, subscription, now) : undefined;
}

function stateFound(
  { member, shelves, world }: WaitInput,
  subscription: Subscription,
  at: Instant | StoredEvent,
): Found | undefined {
  if (!watchesState(subscription.arms)) return undefined;
  const view =
    typeof at === 'number'
      ? viewOf(member, world, member.settings, at)
      : { ...viewOf(member, world, member.settings, placeOfEvent(at)), event: at };
  return matchState(subscription, view, (awaited, trigger) =>
    clockAwaited(member, shelves, awaited, trigger, view.place.at),
  ).found;
}

function lookAt({ member, world }: WaitInput, subscription: Subscription, event: StoredEvent) {
  return viewOf(member, worldFor(subscription, world), member.settings, placeOfEvent(event));
}

/** What is not consumed yet the evaluator will show to the row that this wait has, or is about to write. */
function consumedEvents(
  { member, shelves }: WaitInput,
  subscription: Subscription,
  names: string[] | null,
  upTo: Instant | null,
): readonly StoredEvent[] {
  if (names?.length === 0) return [];
  const waiting = new Set(member.unconsumed.events.map((event) => event.arrival));
  return shelves
    .timeline({ subject: member.row.subject, names, after: subscription.since, upTo })
    .filter((event) => !waiting.has(event.arrival));
}
